package io.kvbackup.database.mvstore;

import io.kvbackup.database.ChangeLog;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.model.DatabaseBackup;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.h2.mvstore.MVStore;

/** Reads one version of all maps. */
final class MvStoreSnapshot implements DatabaseSnapshot {
    private final MVStore store;
    private final DatabaseBackup header;
    private final StoreVersion version;
    private final Map<String, Optional<MapView<?, ?>>> views = new LinkedHashMap<>();
    private boolean closed;

    /** Takes over {@code version}. */
    MvStoreSnapshot(MVStore store, DatabaseBackup header, StoreVersion version, Map<String, KnownPages> known) {
        this.store = store;
        this.header = header;
        this.version = version;
        version.views().forEach((set, view) -> views.put(set, view.map(each -> reading(each, known))));
    }

    private static <K, V> MapView<?, ?> reading(StoreVersion.View<K, V> view, Map<String, KnownPages> known) {
        return new MapView<>(
                view.set(), view.map(), known.computeIfAbsent(view.set().name(), any -> new KnownPages()));
    }

    @Override
    public DatabaseBackup header() {
        return header;
    }

    @Override
    public void readEntries(String set, KeyRange range, EntryVisitor to) throws IOException {
        if (closed) {
            throw new IOException("the snapshot of database " + header.name() + " is closed");
        }
        Optional<MapView<?, ?>> view = views.get(set);
        if (view == null) {
            throw new IllegalArgumentException(
                    "database " + header.name() + " has no set " + set + ", only " + views.keySet());
        }
        if (view.isPresent()) {
            StoreAccess.run(
                    store,
                    "read database " + header.name() + ", map " + set,
                    () -> view.get().readEntries(range, StoreAccess.telling(to)));
        }
    }

    /** Its pages, of a map in the order of its encoded keys. */
    @Override
    public Optional<Runs> runs(String set) throws IOException {
        Optional<MapView<?, ?>> view = views.getOrDefault(set, Optional.empty());
        if (closed || view.isEmpty()) {
            return Optional.empty();
        }
        String operation = "look at the pages of database " + header.name() + ", map " + set;
        Optional<Runs> runs =
                StoreAccess.call(store, operation, () -> view.get().runs());
        return runs.map(pages -> new Runs() {
            @Override
            public void read(Visitor to) throws IOException {
                StoreAccess.run(store, operation, () -> pages.read(to));
            }

            @Override
            public boolean areLasting() {
                return pages.areLasting();
            }
        });
    }

    @Override
    public OptionalLong estimatedEntries() {
        return OptionalLong.of(views.values().stream()
                .mapToLong(view -> view.map(MapView::size).orElse(0L))
                .sum());
    }

    /** {@inheritDoc} Between two versions. */
    @Override
    public Optional<ChangeLog.Span> changes() {
        return Optional.of(ChangeLog.Span.exact(version.position()));
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            try (version) {
                for (Optional<MapView<?, ?>> view : views.values()) {
                    if (view.isPresent()) {
                        view.get().close();
                    }
                }
            }
        }
    }
}

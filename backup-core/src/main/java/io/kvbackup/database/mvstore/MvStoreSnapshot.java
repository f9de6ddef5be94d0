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
    MvStoreSnapshot(MVStore store, DatabaseBackup header, StoreVersion version) {
        this.store = store;
        this.header = header;
        this.version = version;
        version.views().forEach((set, view) -> views.put(set, view.map(MvStoreSnapshot::reading)));
    }

    private static <K, V> MapView<?, ?> reading(StoreVersion.View<K, V> view) {
        return new MapView<>(view.set(), view.map());
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

package io.kvbackup.database.mvstore;

import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.model.DatabaseBackup;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;

/** One version of all maps; registered as used, so that the store keeps its chunks. */
final class MvStoreSnapshot implements DatabaseSnapshot {
    private static final int TRIES = 100;

    private final MVStore store;
    private final DatabaseBackup header;
    private final Map<String, KnownPages> known;
    private final Map<String, Optional<MapView<?, ?>>> views = new LinkedHashMap<>();
    private MVStore.@Nullable TxCounter usage;

    MvStoreSnapshot(
            MVStore store, DatabaseBackup header, Collection<StoredMap<?, ?, ?>> sets, Map<String, KnownPages> known) {
        this.store = store;
        this.known = known;
        this.header = header;
        this.usage = store.registerVersionUsage();
        try {
            int tries = 1;
            while (!isOneVersion(sets, tries)) {
                tries++;
            }
        } catch (RuntimeException | Error e) {
            store.deregisterVersionUsage(usage);
            throw e;
        }
    }

    /**
     * A commit ends a version for all maps. If there was nothing to commit, the live state is one as long as it stays
     * so. A map that is removed, or made again, before it is looked at has no such version: then the next one is tried.
     */
    private boolean isOneVersion(Collection<StoredMap<?, ?, ?>> sets, int tries) {
        long begun = store.commit();
        long version = begun < 0 ? store.getCurrentVersion() : begun - 1;
        try {
            for (StoredMap<?, ?, ?> set : sets) {
                views.put(set.name(), view(set, version));
            }
        } catch (IllegalArgumentException | MVStoreException e) {
            if (tries < TRIES && !store.isClosed()) {
                return false;
            }
            throw e;
        }
        return begun >= 0 || (!store.hasUnsavedChanges() && store.getCurrentVersion() == version);
    }

    private <M extends MVMap<K, V>, K, V> Optional<MapView<?, ?>> view(StoredMap<M, K, V> set, long version) {
        if (!store.hasMap(set.name())) {
            return Optional.empty();
        }
        M live = set.open(store, set.name());
        return Optional.of(new MapView<>(set, live.openVersion(version), pagesOf(set.name())));
    }

    private KnownPages pagesOf(String set) {
        return known.computeIfAbsent(set, any -> new KnownPages());
    }

    @Override
    public DatabaseBackup header() {
        return header;
    }

    @Override
    public void readEntries(String set, KeyRange range, EntryVisitor to) throws IOException {
        if (usage == null) {
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
        if (usage == null || view.isEmpty()) {
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

    @Override
    public void close() throws IOException {
        MVStore.TxCounter held = usage;
        usage = null;
        if (held != null) {
            try {
                for (Optional<MapView<?, ?>> view : views.values()) {
                    if (view.isPresent()) {
                        view.get().close();
                    }
                }
            } finally {
                if (!store.isClosed()) {
                    store.deregisterVersionUsage(held);
                }
            }
        }
    }
}

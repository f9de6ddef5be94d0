package io.kvbackup.database.mvstore;

import java.io.Closeable;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;

/**
 * All described maps at one version; registered as used, so that the store keeps its chunks until all have closed it.
 */
final class StoreVersion implements Closeable {
    private static final int TRIES = 100;

    private final MVStore store;
    private final Map<String, Optional<View<?, ?>>> views = new LinkedHashMap<>();
    private final MVStore.TxCounter usage;
    private int users = 1;
    private long position;

    /** A map at that version. */
    record View<K, V>(StoredMap<?, K, V> set, MVMap<K, V> map) {}

    /** Commits the store. */
    StoreVersion(MVStore store, Collection<StoredMap<?, ?, ?>> sets) {
        this.store = store;
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
        position = begun < 0 ? version : begun;
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

    private <M extends MVMap<K, V>, K, V> Optional<View<?, ?>> view(StoredMap<M, K, V> set, long version) {
        if (!store.hasMap(set.name())) {
            return Optional.empty();
        }
        M live = set.open(store, set.name());
        return Optional.of(new View<>(set, live.openVersion(version)));
    }

    /** The version that began when this one ended. */
    long position() {
        return position;
    }

    /** By name; empty where there was no such map. */
    Map<String, Optional<View<?, ?>>> views() {
        return views;
    }

    /** The same for one more, who closes it too. */
    synchronized StoreVersion share() {
        users++;
        return this;
    }

    @Override
    public synchronized void close() {
        users--;
        if (users == 0 && !store.isClosed()) {
            store.deregisterVersionUsage(usage);
        }
    }
}

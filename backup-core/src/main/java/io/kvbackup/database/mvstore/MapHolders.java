package io.kvbackup.database.mvstore;

import java.util.List;
import java.util.function.Consumer;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a host the maps that it works with, at first and whenever a restore has put others in their places: the old
 * ones are closed then, and MVStore shows closed maps as if they were empty. Safe for use by several threads.
 */
final class MapHolders {
    private static final Logger LOG = LoggerFactory.getLogger(MapHolders.class);

    private final MVStore store;
    private final List<Holder<?, ?, ?>> holders;

    MapHolders(MVStore store, List<Holder<?, ?, ?>> holders) {
        this.store = store;
        this.holders = List.copyOf(holders);
    }

    /** Gives each holder the map that has the name now, unless it has that one. */
    synchronized void handOver() {
        for (Holder<?, ?, ?> each : holders) {
            if (store.hasMap(each.map.name()) || !store.isReadOnly()) {
                each.handOver(store);
            }
        }
    }

    /** As {@link #handOver}, after a restore, which is done whatever the host makes of it. */
    void handOverAfterRestore() {
        try {
            handOver();
        } catch (RuntimeException e) {
            LOG.error(
                    "the restore is done, but the host failed to take its new maps and may go on with closed ones", e);
        }
    }

    /** Who works with a map. */
    static final class Holder<M extends MVMap<K, V>, K, V> {
        private final StoredMap<M, K, V> map;
        private final Consumer<? super M> host;
        private @Nullable M given;

        Holder(StoredMap<M, K, V> map, Consumer<? super M> host) {
            this.map = map;
            this.host = host;
        }

        @SuppressWarnings("ReferenceEquality") // maps are equal if their entries are
        private void handOver(MVStore store) {
            M now = map.open(store, map.name());
            if (now != given) {
                given = now;
                host.accept(now);
            }
        }
    }
}

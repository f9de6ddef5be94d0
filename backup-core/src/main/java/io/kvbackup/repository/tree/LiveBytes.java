package io.kvbackup.repository.tree;

import io.kvbackup.format.PackRecord;
import io.kvbackup.format.tree.PackId;
import io.kvbackup.format.tree.Ref;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Counts how much of older packs a new tree still needs, by comparing what it refers to with what the tree before
 * referred to. Not thread-safe.
 */
final class LiveBytes {
    /** Nodes are mostly digests, which do not compress; entries do, to a quarter or so. */
    private static final int NODE_WEIGHT = 4;

    private final Map<PackId, Count> counts = new HashMap<>();
    private @Nullable PackId lastPack;
    private Count last = new Count();

    private static final class Count {
        private long before;
        private long now;
    }

    private static long weight(Ref ref) {
        return (long) ref.place().length() * (ref.isChunk() ? 1 : NODE_WEIGHT);
    }

    private Count count(PackId pack) {
        if (!pack.equals(lastPack)) {
            last = counts.computeIfAbsent(pack, any -> new Count());
            lastPack = pack;
        }
        return last;
    }

    /** An older tree, or what lies in a pack that no backup names, refers to this. */
    void before(Ref ref) {
        count(ref.place().pack()).before += weight(ref);
    }

    /** The new tree refers to this, which lies in an older pack. */
    void now(Ref ref) {
        count(ref.place().pack()).now += weight(ref);
    }

    /** The older packs that the new tree needs. */
    Set<PackId> packs() {
        Set<PackId> needed = new TreeSet<>(PackListing.BY_TIME);
        counts.forEach((pack, count) -> {
            if (count.now > 0) {
                needed.add(pack);
            }
        });
        return needed;
    }

    /**
     * How much of a pack is live now.
     *
     * @param record says how much was
     */
    PackRecord update(PackRecord record, PackId pack) {
        Count count = count(pack);
        double share = count.before == 0 ? 1 : Math.min(1, (double) count.now / count.before);
        return new PackRecord(record.name(), record.stored(), (long) (record.live() * share), record.key());
    }
}

package io.kvbackup.repository.tree;

import io.kvbackup.format.PackRecord;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Chooses packs whose live content is to be stored again, so that restores stay near the cost of a full one and the
 * number of packs stays small: those of which little is live, and small ones of which there are many.
 */
final class Drain {
    /** Stored again costs 15 % of storage, and a restore after 30 backups reads twice the data instead of six times. */
    private static final double LEAST_LIVE = 0.25;
    /** So many packs of one size are put together to one of the next. */
    private static final int MOST_OF_A_SIZE = 16;
    /** Between two sizes. */
    private static final int SIZE_FACTOR = 4;

    private Drain() {}

    /**
     * Names of packs that are not to be reused.
     *
     * @param packs those of the backup before
     * @param target bytes of a pack that is full
     */
    static Set<String> doomed(List<PackRecord> packs, long target) {
        Set<String> doomed = new HashSet<>();
        Map<Integer, Set<String>> sizes = new HashMap<>();
        for (PackRecord pack : packs) {
            long bytes = pack.stored().bytes();
            if (pack.live() < LEAST_LIVE * bytes) {
                doomed.add(pack.name());
            } else if (bytes < target / 2) {
                sizes.computeIfAbsent(size(bytes, target), any -> new HashSet<>())
                        .add(pack.name());
            }
        }
        doomed.addAll(sizes.values().stream()
                .filter(each -> each.size() > MOST_OF_A_SIZE)
                .flatMap(Set::stream)
                .collect(Collectors.toSet()));
        return doomed;
    }

    /** 0 for those next to the full ones. */
    private static int size(long bytes, long target) {
        int size = 0;
        for (long bound = target / 2 / SIZE_FACTOR; bytes < bound; bound /= SIZE_FACTOR) {
            size++;
        }
        return size;
    }
}

package io.kvbackup.repository.tree;

import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import io.kvbackup.format.tree.Chunker;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;

/**
 * Chooses the chunk size of a lineage. Small chunks make small backups, and the index of a large database large: about
 * 1 % of its plain bytes with chunks of 3 KiB.
 */
final class ChunkSizes {
    private static final int MEDIUM = 8 << 10;
    private static final int LARGE = 16 << 10;
    private static final long MEDIUM_BYTES = 100_000_000_000L;
    private static final long LARGE_BYTES = 1_000_000_000_000L;
    private static final double MEDIUM_VALUE = 1000;
    /** So many entries of each set are looked at. */
    private static final int SAMPLE = 1000;

    private static final int SAMPLE_BYTES = 1 << 20;

    private long entries;
    private long bytes;
    private long values;

    private ChunkSizes() {}

    private static final class Enough extends IOException {
        private static final long serialVersionUID = 1L;

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    /** Looks at the first entries of each set, and at how many the snapshots say there are. */
    static int choose(List<DatabaseSnapshot> snapshots) throws IOException {
        ChunkSizes sample = new ChunkSizes();
        long total = 0;
        for (DatabaseSnapshot snapshot : snapshots) {
            for (String set : snapshot.header().sets().keySet()) {
                sample.look(snapshot, set);
            }
            OptionalLong estimate = snapshot.estimatedEntries();
            total += estimate.orElse(0);
        }
        return sample.choose(total);
    }

    private void look(DatabaseSnapshot snapshot, String set) throws IOException {
        long[] seen = {0, 0};
        try {
            snapshot.readEntries(set, KeyRange.all(), (key, value) -> {
                entries++;
                bytes += (long) key.length + value.length;
                values += value.length;
                seen[1] += value.length;
                if (++seen[0] == SAMPLE || seen[1] >= SAMPLE_BYTES) {
                    throw new Enough();
                }
            });
        } catch (Enough e) {
            // Enough to go by.
        }
    }

    private int choose(long total) {
        double mean = entries == 0 ? 0 : (double) bytes / entries;
        double size = mean * total;
        if (size > LARGE_BYTES) {
            return LARGE;
        }
        boolean largeValues = entries > 0 && (double) values / entries > MEDIUM_VALUE;
        return size > MEDIUM_BYTES || largeValues ? MEDIUM : Chunker.DEFAULT_SIZE;
    }
}

package io.kvbackup.replication;

import java.time.Duration;
import java.util.Arrays;

/** How long the last uploads of segments took, so that the next one is sent early enough. Safe for several threads. */
final class UploadTimes {
    private static final int REMEMBERED = 20;

    private final long[] nanos = new long[REMEMBERED];
    private int count;

    synchronized void add(Duration took) {
        nanos[count++ % REMEMBERED] = took.toNanos();
    }

    /** Nine of ten took no longer. */
    synchronized Duration usual() {
        int known = Math.min(count, REMEMBERED);
        if (known == 0) {
            return Duration.ZERO;
        }
        long[] sorted = Arrays.copyOf(nanos, known);
        Arrays.sort(sorted);
        return Duration.ofNanos(sorted[(known * 9 - 1) / 10]);
    }
}

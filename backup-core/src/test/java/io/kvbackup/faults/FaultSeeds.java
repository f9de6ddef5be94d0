package io.kvbackup.faults;

import java.util.stream.LongStream;

/**
 * Which seeds to run: 1 to a default number; with {@code -Dkvbackup.faults.runs=5000} so many; with
 * {@code -Dkvbackup.faults.from=1000} those from there on; with {@code -Dkvbackup.faults.seed=42} that one alone.
 */
public final class FaultSeeds {
    private static final String PREFIX = "kvbackup.faults.";

    private FaultSeeds() {}

    /** Whether nobody has asked for others, which may be too few to meet with everything. */
    static boolean areThoseByDefault() {
        return System.getProperties().stringPropertyNames().stream().noneMatch(name -> name.startsWith(PREFIX));
    }

    /** The seeds, which are printed. */
    public static LongStream of(String what, int runs) {
        Long one = Long.getLong(PREFIX + "seed");
        long first = one == null ? Long.getLong(PREFIX + "from", 1) : one;
        long count = one == null ? Integer.getInteger(PREFIX + "runs", runs) : 1;
        System.out.printf(
                "%s: seeds %d to %d; replay one with -Dkvbackup.faults.seed=…%n", what, first, first + count - 1);
        return LongStream.range(first, first + count);
    }
}

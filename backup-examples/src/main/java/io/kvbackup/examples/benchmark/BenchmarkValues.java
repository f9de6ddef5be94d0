package io.kvbackup.examples.benchmark;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * Orders as a shop might keep them: JSON of which about half is the same everywhere and half is random. Key and value are
 * about 190 bytes together.
 */
final class BenchmarkValues {
    private static final String[] STATES = {"new", "paid", "packed", "shipped", "returned"};
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private static final int REFERENCE_LENGTH = 40;

    private final Random random;
    private final char[] reference = new char[REFERENCE_LENGTH];

    BenchmarkValues(long seed) {
        random = new Random(seed);
    }

    /** Keys ascend with {@code number}. */
    static byte[] key(long number) {
        return String.format("order:%012d", number).getBytes(StandardCharsets.US_ASCII);
    }

    byte[] next() {
        for (int i = 0; i < reference.length; i++) {
            reference[i] = LETTERS.charAt(random.nextInt(LETTERS.length()));
        }
        String json = "{\"customer\":" + random.nextInt(1_000_000)
                + ",\"state\":\"" + STATES[random.nextInt(STATES.length)]
                + "\",\"amount\":" + random.nextInt(100_000) / 100.0
                + ",\"currency\":\"EUR\",\"created\":" + (1_700_000_000_000L + random.nextInt(1_000_000_000))
                + ",\"reference\":\"" + new String(reference)
                + "\",\"express\":" + random.nextBoolean()
                + ",\"items\":" + random.nextInt(20) + "}";
        return json.getBytes(StandardCharsets.UTF_8);
    }
}

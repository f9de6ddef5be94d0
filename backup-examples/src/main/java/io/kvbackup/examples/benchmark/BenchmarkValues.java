package io.kvbackup.examples.benchmark;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * Orders as a shop might keep them: JSON of which about half is the same everywhere and half is random. Key and value
 * are about 190 bytes together.
 */
final class BenchmarkValues {
    private static final String[] STATES = {"new", "paid", "packed", "shipped", "returned"};
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private static final int TOKEN_LENGTH = 110;

    private final Random random;
    private final char[] token = new char[TOKEN_LENGTH];

    BenchmarkValues(long seed) {
        random = new Random(seed);
    }

    /** Keys ascend with {@code number}. */
    static byte[] key(long number) {
        return String.format("order:%012d", number).getBytes(StandardCharsets.US_ASCII);
    }

    byte[] next() {
        for (int i = 0; i < token.length; i++) {
            token[i] = LETTERS.charAt(random.nextInt(LETTERS.length()));
        }
        String json = "{\"customer\":" + random.nextInt(1_000_000)
                + ",\"state\":\"" + STATES[random.nextInt(STATES.length)]
                + "\",\"amount\":" + random.nextInt(100_000) / 100.0
                + ",\"token\":\"" + new String(token) + "\"}";
        return json.getBytes(StandardCharsets.UTF_8);
    }
}

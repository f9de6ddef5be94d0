package io.kvbackup.format.tree;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.database.EntryVisitor;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Sorted entries for tests. */
final class RandomEntries extends TreeMap<byte[], byte[]> {
    private static final long serialVersionUID = 1L;

    RandomEntries() {
        super(Arrays::compareUnsigned);
    }

    RandomEntries(RandomEntries from) {
        this();
        putAll(from);
    }

    void pushTo(EntryVisitor to) throws IOException {
        for (Map.Entry<byte[], byte[]> entry : entrySet()) {
            to.visit(entry.getKey(), entry.getValue());
        }
    }

    /** Orders as the benchmark has them, about 190 bytes each when encoded. */
    static RandomEntries orders(int count) {
        RandomEntries entries = new RandomEntries();
        for (int i = 0; i < count; i++) {
            entries.put(String.format("order:%012d", i).getBytes(UTF_8), order(i, 0));
        }
        return entries;
    }

    static byte[] order(int number, int version) {
        Random random = new Random(31L * number + version);
        return String.format(
                        "{\"customer\":\"customer-%06d\",\"status\":\"%s\",\"total\":%d.%02d,\"note\":\"%s\","
                                + "\"version\":%d}",
                        random.nextInt(1_000_000),
                        random.nextBoolean() ? "SHIPPED" : "OPEN",
                        random.nextInt(10_000),
                        random.nextInt(100),
                        Long.toString(random.nextLong(), 36) + " lorem ipsum dolor sit amet, consetetur sadipscing eli "
                                + Long.toString(random.nextLong(), 36),
                        version)
                .getBytes(UTF_8);
    }

    /** Keys of any bytes, most of them short, and values most of which are short too. */
    static RandomEntries any(Random random, int count, int longestValue) {
        RandomEntries entries = new RandomEntries();
        while (entries.size() < count) {
            byte[] key = new byte[random.nextInt(random.nextInt(50) == 0 ? 300 : 9)];
            byte[] value = new byte[random.nextInt(random.nextInt(20) == 0 ? longestValue : 200)];
            random.nextBytes(key);
            random.nextBytes(value);
            entries.put(key, value);
        }
        return entries;
    }
}

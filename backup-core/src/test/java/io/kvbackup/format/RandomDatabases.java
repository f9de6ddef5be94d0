package io.kvbackup.format;

import io.kvbackup.model.AuthBackup;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.IndexBackup;
import io.kvbackup.model.SetBackup;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;

/** Databases with everything that is allowed in them; the same for the same random source. */
public final class RandomDatabases {
    private static final String[] NAMES = {
        "", ".", "..", "a/b", "metadata.json", "database.json", "%", "ünï", "\"q\\", "x"
    };
    private static final String[] JSON = {
        "null",
        "true",
        "0",
        "-0",
        "1e400",
        "0.10",
        "12345678901234567890123",
        "\"\"",
        "\"\\u00e9\\ud83d\\ude00\"",
        "[]",
        "{}",
        " [ 1 , { \"a b\" : \" \\\" \" } ]\n",
        "{\"a\":1,\"a\":2}",
        "\"\\ud800\"",
        "\"é😀\"",
        "9223372036854775807",
    };

    private static final List<Encoding> ENCODINGS = List.of(Encoding.TEXT, Encoding.JSON, Encoding.BINARY);

    private RandomDatabases() {}

    public static DatabaseBackup database(String name, Random random) {
        List<SetBackup> sets = new ArrayList<>();
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
            Encoding keys = random.nextBoolean() ? Encoding.TEXT : Encoding.BINARY;
            Encoding values = ENCODINGS.get(random.nextInt(3));
            sets.add(set(NAMES[random.nextInt(NAMES.length)] + i, keys, values, random));
        }
        List<IndexBackup> indexes = random.nextBoolean()
                ? List.of()
                : List.of(
                        new IndexBackup("by_ünï", "s", "f\"", 0, List.of()),
                        new IndexBackup("sorted", "s", "f", 1, List.of("a", "b")));
        AuthBackup auth = random.nextBoolean() ? null : new AuthBackup("root", "p\"ß", random.nextBoolean());
        return DatabaseBackup.of(name, sets, indexes, auth);
    }

    public static SetBackup set(String name, Encoding keys, Encoding values, Random random) {
        NavigableMap<byte[], byte[]> data = new TreeMap<>(Arrays::compareUnsigned);
        int count = random.nextInt(30);
        for (int i = 0; i < count; i++) {
            data.put(bytes(keys, random), bytes(values, random));
        }
        return new SetBackup(name, keys, values, data);
    }

    private static byte[] bytes(Encoding encoding, Random random) {
        return switch (encoding) {
            case JSON -> JSON[random.nextInt(JSON.length)].getBytes(StandardCharsets.UTF_8);
            case TEXT -> text(random).getBytes(StandardCharsets.UTF_8);
            case BINARY -> {
                byte[] bytes = new byte[random.nextInt(random.nextInt(10) == 0 ? 5000 : 20)];
                random.nextBytes(bytes);
                yield bytes;
            }
        };
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(random.nextInt(10) == 0 ? 2000 : 12);
        while (text.length() < length) {
            int c = random.nextInt(random.nextBoolean() ? 0x80 : Character.MAX_CODE_POINT + 1);
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                text.appendCodePoint(c);
            }
        }
        return text.toString();
    }
}

package io.kvbackup.database.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.model.DatabaseBackup;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** What databases hold, in a form that tests can compare: sorted maps, which hold keys in unsigned byte order. */
public final class DatabaseContents {
    private DatabaseContents() {}

    /** Every entry of every set, read through one snapshot. */
    public static Map<String, NavigableMap<byte[], byte[]>> of(Database database) throws IOException {
        try (DatabaseSnapshot snapshot = database.openSnapshot()) {
            Map<String, NavigableMap<byte[], byte[]>> sets = new LinkedHashMap<>();
            for (String set : snapshot.header().sets().keySet()) {
                sets.put(set, of(snapshot, set));
            }
            return sets;
        }
    }

    /** Every entry of a set; fails if they do not come in order. */
    public static NavigableMap<byte[], byte[]> of(DatabaseSnapshot snapshot, String set) throws IOException {
        return of(snapshot, set, KeyRange.all());
    }

    /** The entries of a set in a range; fails if they do not come in order. */
    public static NavigableMap<byte[], byte[]> of(DatabaseSnapshot snapshot, String set, KeyRange range)
            throws IOException {
        NavigableMap<byte[], byte[]> entries = empty();
        snapshot.readEntries(set, range, (key, value) -> {
            if (!entries.isEmpty() && Arrays.compareUnsigned(entries.lastKey(), key) >= 0) {
                throw new AssertionError("set " + set + ": key " + Arrays.toString(key) + " came after "
                        + Arrays.toString(entries.lastKey()));
            }
            entries.put(key, value);
        });
        return entries;
    }

    /** No entries. */
    public static NavigableMap<byte[], byte[]> empty() {
        return new TreeMap<>(Arrays::compareUnsigned);
    }

    /** Entries from texts: key, value, key, value. */
    public static NavigableMap<byte[], byte[]> entries(String... keysAndValues) {
        NavigableMap<byte[], byte[]> entries = empty();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            entries.put(keysAndValues[i].getBytes(UTF_8), keysAndValues[i + 1].getBytes(UTF_8));
        }
        return entries;
    }

    /** Restores the given sets, and nothing else, as a manager would. */
    public static void restore(Database database, DatabaseBackup header, Map<String, NavigableMap<byte[], byte[]>> sets)
            throws IOException {
        try (DatabaseRestore restore = database.beginRestore(header)) {
            for (Map.Entry<String, NavigableMap<byte[], byte[]>> set : sets.entrySet()) {
                push(set.getValue(), restore.set(set.getKey()));
            }
            restore.commit();
        }
    }

    public static void push(NavigableMap<byte[], byte[]> entries, EntryVisitor to) throws IOException {
        for (Map.Entry<byte[], byte[]> entry : entries.entrySet()) {
            to.visit(entry.getKey(), entry.getValue());
        }
    }

    /** Compares key by key and value by value; says which key is the first that differs. */
    public static void assertSame(
            NavigableMap<byte[], byte[]> actual, NavigableMap<byte[], byte[]> expected, String what) {
        NavigableMap<byte[], byte[]> missing = empty();
        missing.putAll(expected);
        for (Map.Entry<byte[], byte[]> entry : actual.entrySet()) {
            byte[] wanted = missing.remove(entry.getKey());
            assertThat(wanted)
                    .as("%s: unexpected key %s", what, text(entry.getKey()))
                    .isNotNull();
            assertThat(Arrays.equals(wanted, entry.getValue()))
                    .as("%s: value of key %s", what, text(entry.getKey()))
                    .isTrue();
        }
        assertThat(missing.keySet().stream().limit(5).map(DatabaseContents::text))
                .as("%s: missing keys", what)
                .isEmpty();
    }

    private static String text(byte[] key) {
        return new String(key, UTF_8) + " " + Arrays.toString(key);
    }
}

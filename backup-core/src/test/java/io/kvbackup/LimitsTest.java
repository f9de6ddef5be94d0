package io.kvbackup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.contract.MemoryDatabase;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.format.ArchiveFormats;
import io.kvbackup.model.AuthBackup;
import io.kvbackup.model.Backup;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.IndexBackup;
import io.kvbackup.model.SetBackup;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is written can be read, whatever is large about it, in every format there is; what could not be read is refused
 * when it is written.
 */
class LimitsTest {
    /** What grows, how far it is tried, and whether all formats take it. */
    private record Dimension(String name, IntFunction<DatabaseBackup> database, List<Integer> sizes) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final List<Dimension> DIMENSIONS = List.of(
            new Dimension("length of set names", size -> db(set("s".repeat(size))), around(50_000)),
            new Dimension(
                    "length of set names that are escaped", size -> db(set("\"é/%\0".repeat(size))), around(20_000)),
            new Dimension("number of sets", LimitsTest::sets, List.of(0, 1, 20_000)),
            new Dimension("length of index names", size -> index("i".repeat(size), "f", List.of()), around(50_000)),
            new Dimension("length of index fields", size -> index("i", "ü".repeat(size), List.of()), around(300_000)),
            new Dimension("number of sort fields", size -> index("i", "f", names(size)), List.of(10_000)),
            new Dimension("length of user names", size -> auth("u".repeat(size), "p"), around(50_000)),
            new Dimension("length of passwords", size -> auth("u", "\"".repeat(size)), around(300_000)),
            new Dimension("length of keys", size -> db(set("s", bytes(size), bytes(1))), around(32_767, 300_000)),
            new Dimension("length of values", size -> db(set("s", bytes(1), bytes(size))), around(0, 1 << 20)),
            new Dimension("length of text", LimitsTest::text, around(300_000)),
            new Dimension("length of numbers", size -> json("1".repeat(size)), around(1_000, 50_000)),
            new Dimension(
                    "depth of JSON", size -> json("[".repeat(size) + "]".repeat(size)), around(500, 1_000, 1_001)));

    private static List<Integer> around(int... limits) {
        TreeSet<Integer> sizes = new TreeSet<>();
        for (int limit : limits) {
            sizes.add(Math.max(1, limit));
            sizes.add(limit + 1);
        }
        return List.copyOf(sizes);
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + i / 256);
        }
        return bytes;
    }

    private static DatabaseBackup db(SetBackup... sets) {
        return DatabaseBackup.of("large", sets);
    }

    private static SetBackup set(String name) {
        return set(name, bytes(2), bytes(3));
    }

    private static SetBackup set(String name, byte[] key, byte[] value) {
        return set(name, Encoding.BINARY, key, value);
    }

    private static SetBackup set(String name, Encoding values, byte[] key, byte[] value) {
        TreeMap<byte[], byte[]> data = new TreeMap<>(Arrays::compareUnsigned);
        data.put(key, value);
        return new SetBackup(name, values == Encoding.BINARY ? values : Encoding.TEXT, values, data);
    }

    private static DatabaseBackup json(String value) {
        return db(set("s", Encoding.JSON, "k".getBytes(UTF_8), value.getBytes(UTF_8)));
    }

    private static DatabaseBackup text(int size) {
        return db(set(
                "s",
                Encoding.TEXT,
                "k".getBytes(UTF_8),
                "\0\"ü".repeat(size / 3).getBytes(UTF_8)));
    }

    private static DatabaseBackup sets(int count) {
        List<SetBackup> sets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sets.add(new SetBackup("set-" + i, Encoding.BINARY, Encoding.BINARY));
        }
        return DatabaseBackup.of("large", sets, List.of(), null);
    }

    private static List<String> names(int count) {
        return Collections.nCopies(count, "field");
    }

    private static DatabaseBackup index(String name, String field, List<String> sortFields) {
        List<IndexBackup> indexes = List.of(new IndexBackup(name, "s", field, 1, sortFields));
        return DatabaseBackup.of("large", List.of(set("s")), indexes, null);
    }

    private static DatabaseBackup auth(String user, String password) {
        return DatabaseBackup.of("large", List.of(set("s")), List.of(), new AuthBackup(user, password, true));
    }

    private static Stream<Arguments> plain() {
        return table("");
    }

    private static Stream<Arguments> encrypted() {
        return table(".zst.enc");
    }

    private static Stream<Arguments> table(String transforms) {
        return DIMENSIONS.stream()
                .flatMap(dimension -> ArchiveFormats.names().stream()
                        .sorted()
                        .map(format -> Arguments.of(dimension, format + transforms)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("encrypted")
    @Tag("thorough")
    void whatIsWrittenEncryptedIsRead(Dimension dimension, String format) throws IOException {
        whatIsWrittenIsRead(dimension, format);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("plain")
    void whatIsWrittenIsRead(Dimension dimension, String format) throws IOException {
        int written = 0;
        for (int size : dimension.sizes()) {
            DatabaseBackup content = dimension.database().apply(size);
            MemoryDatabase live = new MemoryDatabase("large");
            fill(live, content);
            MemoryStorageClient storage = new MemoryStorageClient();
            try (BackupManager manager = manager(storage, live, format)) {
                Backup backup;
                try {
                    backup = manager.backupAllDatabases();
                } catch (IOException refused) {
                    assertThat(storage.list("backups/"))
                            .as("%s of %d", dimension, size)
                            .isEmpty();
                    assertThat(refused).hasMessageContaining("large");
                    continue;
                }
                live.drop();
                manager.verify(backup.objectName());
                manager.restoreAllDatabases(backup.objectName());
                assertThat(live.content().orElseThrow().equals(content))
                        .as("%s of %d is the same", dimension, size)
                        .isTrue();
                written++;
            }
        }
        int sizes = dimension.sizes().size();
        boolean mayRefuse = dimension.name().equals("depth of JSON") && format.startsWith("json");
        assertThat(written).isEqualTo(mayRefuse ? sizes - 1 : sizes);
    }

    private static BackupManager manager(MemoryStorageClient storage, Database live, String format) throws IOException {
        BackupManagerBuilder builder =
                BackupManager.builder().storage(storage).database(live).format(format);
        return format.endsWith(".enc")
                ? builder.encryption(EncryptionKeys.ofRaw("k", new byte[32])).build()
                : builder.build();
    }

    private static void fill(MemoryDatabase live, DatabaseBackup content) throws IOException {
        try (DatabaseRestore restore = live.beginRestore(content)) {
            for (SetBackup set : content.sets().values()) {
                EntryVisitor to = restore.set(set.name());
                for (var entry : set.data().entrySet()) {
                    to.visit(entry.getKey(), entry.getValue());
                }
            }
            restore.commit();
        }
    }
}

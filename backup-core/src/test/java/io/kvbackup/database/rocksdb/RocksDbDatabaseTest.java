package io.kvbackup.database.rocksdb;

import static io.kvbackup.database.contract.DatabaseContents.assertSame;
import static io.kvbackup.database.contract.DatabaseContents.entries;
import static io.kvbackup.database.contract.DatabaseContents.restore;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.contract.DatabaseContents;
import io.kvbackup.database.contract.Write;
import io.kvbackup.model.AuthBackup;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.IndexBackup;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.Env;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksMemEnv;
import org.rocksdb.StringAppendOperator;

class RocksDbDatabaseTest {
    private static final DatabaseBackup FIRST =
            DatabaseBackup.of("orders", new SetBackup("first", Encoding.BINARY, Encoding.BINARY));

    private static final WriteWatermark START = new WriteWatermark(0, 0);

    @TempDir
    private Path folder;

    private TestRocksDb rocks;

    @BeforeEach
    void open() throws Exception {
        rocks = new TestRocksDb(folder.resolve("db"));
    }

    @AfterEach
    void close() {
        rocks.close();
    }

    @Test
    void headerTellsEncodingsIndexesAndAccess() throws IOException {
        IndexBackup index = new IndexBackup("by price", "first", "price", 1, List.of());
        AuthBackup auth = new AuthBackup("admin", "secret", true);
        RocksDbDatabase database = rocks.builder()
                .encoding("first", Encoding.TEXT, Encoding.JSON)
                .index(index)
                .auth(auth)
                .build();

        try (DatabaseSnapshot snapshot = database.openSnapshot()) {
            assertThat(snapshot.header())
                    .isEqualTo(DatabaseBackup.of(
                            "orders",
                            List.of(
                                    new SetBackup("first", Encoding.TEXT, Encoding.JSON),
                                    new SetBackup("second", Encoding.BINARY, Encoding.BINARY)),
                            List.of(index),
                            auth));
        }
    }

    @Test
    void theDefaultFamilyIsTheSetWhereNoneIsNamed() throws Exception {
        RocksDbDatabase database = RocksDbDatabase.builder("orders", rocks.db()).build();
        rocks.write(List.of(Write.put("default", "a", "1")));

        assertThat(DatabaseContents.of(database)).containsOnlyKeys("default");
        restore(
                database,
                DatabaseBackup.of("orders", new SetBackup("default", Encoding.BINARY, Encoding.BINARY)),
                Map.of("default", entries("b", "2")));
        assertSame(rocks.read("default"), entries("b", "2"), "restored");
    }

    @Test
    void t18_nonsenseIsRefusedWhenTheDatabaseIsDescribed() {
        assertThatThrownBy(() -> RocksDbDatabase.builder("", rocks.db())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RocksDbDatabase.builder("o", rocks.db(), rocks.handle("first"), rocks.handle("first"))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("twice");
        assertThatThrownBy(() -> rocks.builder().encoding("first", Encoding.JSON, Encoding.JSON))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> rocks.builder()
                        .encoding("third", Encoding.TEXT, Encoding.TEXT)
                        .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("third");
        assertThatThrownBy(() -> rocks.builder()
                        .index(new IndexBackup("i", "third", "f", 0, List.of()))
                        .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("third");
    }

    @Test
    void onlyOneRestoreWorksAtATime() throws Exception {
        RocksDbDatabase database = rocks.builder().build();
        try (DatabaseRestore restore = database.beginRestore(FIRST)) {
            restore.set("first").visit(new byte[] {1}, new byte[] {2});
            assertThatThrownBy(() -> database.beginRestore(FIRST))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another one is at work");
            rocks.builder().build();
            restore.commit();
        }
        assertThat(rocks.read("first")).hasSize(1);
        rocks.assertNothingStaged();
    }

    @Test
    void stagesWhereItIsToldTo() throws Exception {
        Path staging = Files.createDirectory(folder.resolve("staging"));
        Files.writeString(staging.resolve("of the host"), "stays");
        RocksDbDatabase database = rocks.builder().stagingDirectory(staging).build();
        try (DatabaseRestore restore = database.beginRestore(FIRST);
                var children = Files.list(staging)) {
            assertThat(children).hasSize(2);
            restore.commit();
        }
        assertThat(staging).isDirectoryContaining("glob:**of the host");
        assertThat(staging.toFile().list()).hasSize(1);
    }

    @Test
    void longAndStrangeNamesFindAStagingDirectory() throws Exception {
        for (String name : List.of("x".repeat(500), "..", "a:b*?\\ ä")) {
            RocksDbDatabase database = RocksDbDatabase.builder(name, rocks.db(), rocks.handle("first"))
                    .build();
            restore(database, FIRST, Map.of("first", entries("name", name)));
            assertSame(rocks.read("first"), entries("name", name), name);
            rocks.assertNothingStaged();
        }
    }

    @Test
    void aDecidedRestoreOfAnotherRocksDbIsNotCompletedHere() throws Exception {
        Path staging = Files.createDirectory(folder.resolve("db.kvbackup-orders"));
        Files.write(
                staging.resolve("COMMIT"),
                new CommitMarker("another", START, KeyRange.all(), Map.of(), Map.of("first", List.of())).encode());
        rocks.write(List.of(Write.put("first", "a", "1")));

        assertThatThrownBy(() -> rocks.builder().build())
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("another RocksDB", staging.toString(), "removing");
        assertSame(rocks.read("first"), entries("a", "1"), "live data");
    }

    @Test
    void withoutAnIdentityNoDatabaseIsTheOneOfAMarker() throws Exception {
        Path staging = Files.createDirectory(folder.resolve("db.kvbackup-orders"));
        rocks.write(List.of(Write.put("first", "a", "1")));
        Files.delete(folder.resolve("db").resolve("IDENTITY"));
        CommitMarker marker = new CommitMarker(
                "", WriteWatermark.of(rocks.db()), KeyRange.all(), Map.of(), Map.of("first", List.of()));
        Files.write(staging.resolve("COMMIT"), marker.encode());

        assertThatThrownBy(() -> rocks.builder().build())
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("cannot be completed", "IDENTITY");
        assertSame(rocks.read("first"), entries("a", "1"), "live data");
    }

    /** One that was cut short could never be completed. */
    @Test
    void withoutAnIdentityNoRestoreBegins() throws Exception {
        rocks.write(List.of(Write.put("first", "a", "1")));
        RocksDbDatabase database = rocks.builder().build();
        Files.delete(folder.resolve("db").resolve("IDENTITY"));

        assertThatThrownBy(() -> database.beginRestore(FIRST))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("orders", "IDENTITY", "restore again");
        assertSame(rocks.read("first"), entries("a", "1"), "live data");
        rocks.assertNothingStaged();

        rocks.close();
        rocks = new TestRocksDb(folder.resolve("db"));
        restore(rocks.builder().build(), FIRST, Map.of("first", entries("b", "2")));
        assertSame(rocks.read("first"), entries("b", "2"), "restored data");
    }

    @Test
    void aDecidedRestoreWithoutItsFilesIsNotCompleted() throws Exception {
        Path staging = Files.createDirectory(folder.resolve("db.kvbackup-orders"));
        String identity =
                Files.readString(folder.resolve("db").resolve("IDENTITY")).strip();
        rocks.write(List.of(Write.put("first", "a", "1")));
        for (CommitMarker marker : List.of(
                new CommitMarker(
                        identity,
                        WriteWatermark.of(rocks.db()),
                        KeyRange.all(),
                        Map.of(),
                        Map.of("first", List.of(new CommitMarker.StagedFile("0-0.sst", 9)))),
                new CommitMarker(
                        identity,
                        WriteWatermark.of(rocks.db()),
                        KeyRange.all(),
                        Map.of(),
                        Map.of("third", List.of())))) {
            Files.write(staging.resolve("COMMIT"), marker.encode());

            assertThatThrownBy(() -> rocks.builder().build())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot be completed");
            assertSame(rocks.read("first"), entries("a", "1"), "live data");
        }
    }

    @Test
    void aMarkerThatCannotBeReadIsNotIgnored() throws Exception {
        Path staging = Files.createDirectory(folder.resolve("db.kvbackup-orders"));
        Files.write(staging.resolve("COMMIT"), new byte[10]);

        assertThatThrownBy(() -> rocks.builder().build())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot be read");
    }

    @Test
    void largeKeysComeBack() throws Exception {
        byte[] key = new byte[100_000];
        rocks.write(List.of(Write.put("first", key, new byte[20_000]), Write.put("first", "k", "v")));
        RocksDbDatabase database = rocks.builder().build();
        Map<String, NavigableMap<byte[], byte[]>> copy = DatabaseContents.of(database);
        rocks.write(List.of(new Write("first", key, null)));

        restore(database, FIRST, Map.of("first", copy.get("first")));
        assertThat(rocks.read("first").get(key)).hasSize(20_000);
    }

    @Test
    void anInterruptBeforeTheDecisionLeavesTheOldState() throws Exception {
        rocks.write(List.of(Write.put("first", "a", "1")));
        try (DatabaseRestore restore = rocks.builder().build().beginRestore(FIRST)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(restore::commit).isInstanceOf(IOException.class).hasMessageContaining("interrupted");
        }
        assertThat(Thread.interrupted()).isTrue();
        assertSame(rocks.read("first"), entries("a", "1"), "live data");
        rocks.assertNothingStaged();
    }

    @Test
    void mergedValuesAreReadAndReplaced() throws Exception {
        try (StringAppendOperator append = new StringAppendOperator(',');
                ColumnFamilyOptions options = new ColumnFamilyOptions().setMergeOperator(append);
                TestRocksDb merging = new TestRocksDb(folder.resolve("merging"), options)) {
            RocksDbDatabase database = merging.builder().build();
            for (String operand : List.of("1", "2")) {
                merging.db().merge(merging.handle("first"), "k".getBytes(UTF_8), operand.getBytes(UTF_8));
            }
            var copy = DatabaseContents.of(database);
            assertSame(copy.get("first"), entries("k", "1,2"), "merged");
            merging.db().merge(merging.handle("first"), "k".getBytes(UTF_8), "3".getBytes(UTF_8));

            restore(database, FIRST, Map.of("first", copy.get("first")));
            assertSame(merging.read("first"), entries("k", "1,2"), "restored");
        }
    }

    @Test
    void stagedFilesAreCompressedAsTheFamilyIs() throws Exception {
        for (CompressionType type : List.of(CompressionType.ZSTD_COMPRESSION, CompressionType.NO_COMPRESSION)) {
            try (TestRocksDb compressing =
                    new TestRocksDb(folder.resolve(type.name()), new ColumnFamilyOptions().setCompressionType(type))) {
                restore(compressing.builder().build(), FIRST, Map.of("first", entries("a", "x".repeat(100_000))));

                List<LiveFileMetaData> files = compressing.db().getLiveFilesMetaData();
                assertThat(files).hasSize(1);
                assertThat(files.get(0).size() < 50_000).isEqualTo(type == CompressionType.ZSTD_COMPRESSION);
            }
        }
    }

    @Test
    void aReadOnlyDatabaseIsReadAndRefusesRestores() throws Exception {
        rocks.write(List.of(Write.put("default", "a", "1")));
        try (RocksDB readOnly = RocksDB.openReadOnly(folder.resolve("db").toString())) {
            RocksDbDatabase database = RocksDbDatabase.builder("copy", readOnly).build();
            assertSame(DatabaseContents.of(database).get("default"), entries("a", "1"), "read only");

            assertThatThrownBy(() -> restore(
                            database,
                            DatabaseBackup.of("copy", new SetBackup("default", Encoding.BINARY, Encoding.BINARY)),
                            Map.of("default", entries("b", "2"))))
                    .isInstanceOf(IOException.class)
                    .hasMessageContainingAll("cannot begin a restore", "read only");
        }
        rocks.assertNothingStaged();

        rocks.write(List.of(Write.put("default", "b", "newer")));
        RocksDbDatabase.builder("copy", rocks.db()).build();
        assertSame(rocks.read("default"), entries("a", "1", "b", "newer"), "after the writer's next start");
    }

    @Test
    void aRocksDbThatIsNotInTheFileSystemIsRefusedWithTheReason() throws Exception {
        try (RocksMemEnv memory = new RocksMemEnv(Env.getDefault());
                Options options = new Options().setCreateIfMissing(true).setEnv(memory);
                RocksDB inMemory =
                        RocksDB.open(options, folder.resolve("memory").toString())) {
            assertThatThrownBy(() -> RocksDbDatabase.builder("orders", inMemory).build())
                    .isInstanceOf(IOException.class)
                    .hasMessageContainingAll("no such folder", "memory", "Env");
        }
    }
}

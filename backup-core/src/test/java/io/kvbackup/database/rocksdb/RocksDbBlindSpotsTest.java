package io.kvbackup.database.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kvbackup.database.ChangeGapException;
import io.kvbackup.database.ChangeLog;
import io.kvbackup.database.ChangeReader;
import io.kvbackup.database.contract.ChangeModel;
import io.kvbackup.database.contract.Write;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactionStyle;
import org.rocksdb.DBOptions;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteOptions;

/** What RocksDB's log does not tell, each of which is a gap or refused at the start. */
class RocksDbBlindSpotsTest {
    @TempDir
    private Path folder;

    private TestRocksDb rocks;
    private ChangeLog log;

    private void open(DBOptions options) throws Exception {
        open(options, new ColumnFamilyOptions());
    }

    private void open(DBOptions options, ColumnFamilyOptions families) throws Exception {
        rocks = new TestRocksDb(folder.resolve("db"), options, families);
        log = rocks.builder().build().changeLog().orElseThrow();
    }

    private static DBOptions kept() {
        return new DBOptions().setWalTtlSeconds(3600);
    }

    @AfterEach
    void close() {
        if (rocks != null) {
            rocks.close();
        }
    }

    private void put(String key, String value) throws Exception {
        rocks.write(List.of(Write.put("first", key, value)));
    }

    private static ChangeModel read(ChangeReader reader) throws IOException {
        ChangeModel model = ChangeModel.startingWith(Map.of());
        model.readAll(reader);
        return model;
    }

    private static void assertGap(ChangeReader reader, String... words) {
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 10; i++) {
                        read(reader);
                    }
                })
                .isInstanceOf(ChangeGapException.class)
                .hasMessageContaining("whole backup")
                .satisfies(gap -> assertThat(List.of(words))
                        .allSatisfy(word -> assertThat(gap).hasMessageContaining(word)));
        // It stays one.
        assertThatThrownBy(() -> read(reader)).isInstanceOf(ChangeGapException.class);
    }

    @Test
    void theEndOfTheLogIsQuiet() throws Exception {
        open(kept());
        put("a", "1");
        try (ChangeReader reader = log.open(log.position())) {
            for (int i = 0; i < 10; i++) {
                assertThat(read(reader).commits()).isEmpty();
            }
        }
    }

    @Test
    void readingCannotBeginInsideABatch() throws Exception {
        open(kept());
        long before = log.position();
        rocks.write(List.of(Write.put("first", "a", "1"), Write.put("first", "b", "2")));

        assertThatThrownBy(() -> log.open(before + 1)).isInstanceOf(ChangeGapException.class);
        assertThatThrownBy(() -> log.proof(before + 1)).isInstanceOf(ChangeGapException.class);
    }

    @Test
    void aWriteWithoutTheLogIsAGap() throws Exception {
        open(kept());
        try (ChangeReader reader = log.open(log.position())) {
            put("a", "1");
            assertThat(read(reader).commits()).hasSize(1);
            putWithoutLog("b");
            assertGap(reader, "disableWAL");
        }
    }

    @Test
    void aWriteAfterOneWithoutTheLogIsNotRead() throws Exception {
        open(kept());
        try (ChangeReader reader = log.open(log.position())) {
            putWithoutLog("b");
            put("c", "3");
            assertGap(reader, "disableWAL");
        }
    }

    @Test
    void readingCannotBeginAtANumberThatTheLogLacks() throws Exception {
        open(kept());
        long before = log.position();
        putWithoutLog("b");
        put("c", "3");

        assertThatThrownBy(() -> log.open(before)).isInstanceOf(ChangeGapException.class);
    }

    private void putWithoutLog(String key) throws Exception {
        try (WriteOptions options = new WriteOptions().setDisableWAL(true)) {
            rocks.db().put(rocks.handle("first"), options, key.getBytes(UTF_8), "unlogged".getBytes(UTF_8));
        }
    }

    @Test
    void anIngestionThatMovesNoNumberIsAGap() throws Exception {
        open(kept());
        try (ChangeReader reader = log.open(log.position())) {
            long before = rocks.db().getLatestSequenceNumber();
            rocks.ingest("first", folder, "a", "ingested");
            assertThat(rocks.db().getLatestSequenceNumber()).isEqualTo(before);
            assertGap(reader, "first", "ingested");
        }
    }

    @Test
    void anIngestionThatMovesTheNumberIsAGap() throws Exception {
        open(kept());
        put("a", "1");
        try (ChangeReader reader = log.open(log.position())) {
            long before = rocks.db().getLatestSequenceNumber();
            rocks.ingest("first", folder, "a", "ingested");
            assertThat(rocks.db().getLatestSequenceNumber()).isGreaterThan(before);
            assertGap(reader);
        }
    }

    @Test
    void anIngestionUnderASnapshotIsAGap() throws Exception {
        open(kept());
        Snapshot held = rocks.db().getSnapshot();
        try (ChangeReader reader = log.open(log.position())) {
            rocks.ingest("first", folder, "a", "ingested");
            assertGap(reader);
        } finally {
            rocks.db().releaseSnapshot(held);
            held.close();
        }
    }

    @Test
    void whatWasWrittenAfterAnIngestionIsNotRead() throws Exception {
        open(kept());
        try (ChangeReader reader = log.open(log.position())) {
            put("a", "1");
            assertThat(read(reader).commits()).hasSize(1);
            rocks.ingest("second", folder, "x", "ingested");
            put("b", "2");
            assertGap(reader, "second", "ingested");
        }
    }

    @Test
    void anIngestionThatNobodyWasReadingLeavesNoProof() throws Exception {
        open(kept());
        put("a", "1");
        long position = log.position();
        assertThat(log.proof(position)).hasSize(32);
        rocks.ingest("first", folder, "z", "ingested");

        assertThatThrownBy(() -> log.proof(position)).isInstanceOf(ChangeGapException.class);
        // A new base begins at the same number.
        try (ChangeReader reader = log.open(log.position())) {
            put("b", "2");
            assertThat(read(reader).commits()).hasSize(1);
        }
    }

    @Test
    void anIngestionIntoAFamilyOfOthersIsNone() throws Exception {
        open(kept());
        try (ChangeReader reader = log.open(log.position())) {
            rocks.ingest("default", folder, "a", "ingested");
            put("a", "1");
            assertThat(read(reader).commits()).hasSize(1);
        }
    }

    @Test
    void statisticsThatAreResetAreAGap() throws Exception {
        open(kept());
        rocks.ingest("first", folder, "a", "ingested");
        try (ChangeReader reader = log.open(log.position())) {
            rocks.db().resetStats();
            rocks.flush("first");
            put("b", "2");
            rocks.flush("first");
            assertGap(reader, "reset");
        }
    }

    @Test
    void filesThatAreDeletedAreAGap() throws Exception {
        open(kept(), new ColumnFamilyOptions().setDisableAutoCompactions(true));
        put("a", "1");
        put("b", "1");
        rocks.flush("first");
        rocks.db().compactRange(rocks.handle("first"));
        // While a compaction goes on, it may be what makes files go.
        await().pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofSeconds(60))
                .until(() -> rocks.db().getLongProperty("rocksdb.num-running-compactions") == 0
                        && rocks.db().getLongProperty(rocks.handle("first"), "rocksdb.compaction-pending") == 0);
        try (ChangeReader reader = log.open(log.position())) {
            rocks.db()
                    .deleteFilesInRanges(
                            rocks.handle("first"), List.of("a".getBytes(UTF_8), "c".getBytes(UTF_8)), true);
            assertThat(rocks.read("first")).isEmpty();
            assertGap(reader, "first", "deleted");
        }
    }

    @Test
    void aFamilyThatIsDroppedIsAGap() throws Exception {
        open(kept());
        try (ChangeReader reader = log.open(log.position())) {
            rocks.db().dropColumnFamily(rocks.handle("second"));
            assertGap(reader, "second", "dropped");
        }
    }

    @Test
    void aFamilyThatIsDroppedAndCreatedAgainIsAGap() throws Exception {
        open(kept());
        try (ChangeReader reader = log.open(log.position())) {
            rocks.db().dropColumnFamily(rocks.handle("second"));
            ColumnFamilyHandle again =
                    rocks.db().createColumnFamily(new ColumnFamilyDescriptor("second".getBytes(UTF_8)));
            rocks.db().put(again, "a".getBytes(UTF_8), "1".getBytes(UTF_8));
            again.close();
            assertGap(reader, "second", "dropped");
        }
    }

    @Test
    void aNewFamilyOfOthersIsNone() throws Exception {
        open(kept());
        try (ChangeReader reader = log.open(log.position())) {
            ColumnFamilyHandle third =
                    rocks.db().createColumnFamily(new ColumnFamilyDescriptor("third".getBytes(UTF_8)));
            rocks.db().put(third, "a".getBytes(UTF_8), "1".getBytes(UTF_8));
            third.close();
            put("b", "2");
            assertThat(read(reader).entries("first")).hasSize(1);
        }
    }

    static Stream<DBOptions> unfit() {
        return Stream.of(
                new DBOptions(),
                kept().setUnorderedWrite(true).setAllowConcurrentMemtableWrite(true),
                kept().setTwoWriteQueues(true),
                kept().setAllow2pc(true));
    }

    @ParameterizedTest
    @MethodSource("unfit")
    void optionsThatMakeTheLogUnfitAreRefused(DBOptions options) throws Exception {
        open(options);

        assertThatThrownBy(() -> log.position())
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(ChangeGapException.class)
                .hasMessageContainingAll("orders", "open its RocksDB with");
        assertThatThrownBy(() -> log.open(0)).hasMessageContaining("open its RocksDB with");
    }

    @Test
    void compactionsThatDropEntriesAreWarnedOf() throws Exception {
        open(kept(), new ColumnFamilyOptions().setCompactionStyle(CompactionStyle.FIFO));
        OptionsFile options = OptionsFile.latest(folder.resolve("db")).orElseThrow();

        assertThat(LogOptions.dropsEntries(options, "first"))
                .hasValueSatisfying(what -> assertThat(what).contains("FIFO"));
        assertThat(log.position()).isZero();
    }

    @Test
    @Tag("thorough") // RocksDB looks every half second for log files that are old enough
    void aLogThatWasThrownAwayIsAGap() throws Exception {
        open(new DBOptions().setWalTtlSeconds(1));
        long before = log.position();
        ChangeReader late = log.open(before);
        int[] more = {0};
        await().pollInterval(Duration.ofMillis(100))
                .atMost(Duration.ofSeconds(60))
                .until(() -> {
                    put("a" + more[0]++, "1");
                    rocks.flush("first");
                    return rocks.db().getSortedWalFiles().stream()
                            .noneMatch(file -> file.startSequence() <= before + 1);
                });

        assertThatThrownBy(() -> log.open(before)).isInstanceOf(ChangeGapException.class);
        assertThatThrownBy(() -> log.proof(before + 1)).isInstanceOf(ChangeGapException.class);
        late.close();
    }

    @Test
    void aLogThatTheHostFlushesItselfIsFlushed() throws Exception {
        open(kept().setManualWalFlush(true));
        try (ChangeReader reader = log.open(log.position())) {
            put("a", "1");
            assertThat(read(reader).commits()).hasSize(1);
            put("b", "2");
            put("c", "3");
            assertThat(read(reader).commits()).hasSize(2);
        }
    }

    @Test
    void anotherStartIsAnotherHistory() throws Exception {
        open(kept());
        put("a", "1");
        String history = log.history();
        long position = log.position();
        rocks.close();
        open(kept());

        assertThat(log.history()).isNotEqualTo(history);
        assertThat(log.position()).isGreaterThanOrEqualTo(position);
    }

    @Test
    void flushesAndCompactionsAreNoGap() throws Exception {
        open(kept());
        ChangeModel model = ChangeModel.startingWith(Map.of());
        try (ChangeReader reader = log.open(log.position())) {
            for (int i = 0; i < 60; i++) {
                put("key " + i % 7, "value " + i);
                rocks.write(List.of(Write.put("second", "a" + i, "1"), Write.delete("first", "key " + i % 5)));
                if (i % 3 == 0) {
                    rocks.flush("first");
                    rocks.flush("second");
                }
                if (i % 10 == 9) {
                    rocks.db().compactRange(rocks.handle("first"));
                }
                assertThat(model.readAll(reader)).isEqualTo(2);
            }
        }
        assertThat(model.entries("first").keySet())
                .hasSameSizeAs(rocks.read("first").keySet());
        assertThat(model.entries("second")).hasSize(60);
    }

    @Test
    void ofWritesToOtherFamiliesOnlyThePositionIsTold() throws Exception {
        open(kept());
        ChangeModel model = ChangeModel.startingWith(Map.of());
        try (ChangeReader reader = log.open(log.position())) {
            for (int i = 0; i < 5; i++) {
                rocks.write(List.of(Write.put("default", "a", "1")));
            }
            assertThat(model.readAll(reader)).isEqualTo(1);
            assertThat(model.commits().get(0).changes()).isEmpty();
            assertThat(model.lastPosition()).isEqualTo(log.position());
        }
    }
}

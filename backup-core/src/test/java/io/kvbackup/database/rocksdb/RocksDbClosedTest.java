package io.kvbackup.database.rocksdb;

import static io.kvbackup.database.contract.DatabaseContents.entries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.contract.DatabaseContents;
import io.kvbackup.database.contract.Write;
import io.kvbackup.model.DatabaseBackup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.BuiltinComparator;
import org.rocksdb.ColumnFamilyOptions;

/** What a closed database, or one that cannot be backed up, answers: an exception, and the process goes on. */
class RocksDbClosedTest {
    @TempDir
    private Path folder;

    @Test
    void aClosedRocksDbIsAnsweredByAnException() throws Exception {
        TestRocksDb rocks = new TestRocksDb(folder.resolve("db"));
        rocks.write(List.of(Write.put("first", "a", "1")));
        RocksDbDatabase database = rocks.builder().build();
        DatabaseSnapshot snapshot = database.openSnapshot();
        DatabaseBackup header = snapshot.header();
        DatabaseRestore restore = database.beginRestore(header);
        DatabaseContents.push(entries("b", "2"), restore.set("first"));
        rocks.close();

        assertClosed(database::openSnapshot);
        assertClosed(() -> database.beginRestore(header));
        assertClosed(() -> snapshot.readEntries("first", KeyRange.all(), (key, value) -> {}));
        assertClosed(restore::commit);
        assertThat(snapshot.estimatedEntries()).isEmpty();
        assertThatCode(snapshot::close).doesNotThrowAnyException();
        assertThatCode(restore::close).doesNotThrowAnyException();
        rocks.assertNothingStaged();
    }

    @Test
    void aRocksDbThatIsClosedBetweenTwoEntriesEndsTheScan() throws Exception {
        TestRocksDb rocks = new TestRocksDb(folder.resolve("db"));
        rocks.write(List.of(Write.put("first", "a", "1"), Write.put("first", "b", "1")));
        DatabaseSnapshot snapshot = rocks.builder().build().openSnapshot();

        assertClosed(() -> snapshot.readEntries("first", KeyRange.all(), (key, value) -> rocks.close()));
        snapshot.close();
    }

    @Test
    void aClosedHandleIsAnsweredByAnException() throws Exception {
        try (TestRocksDb rocks = new TestRocksDb(folder.resolve("db"))) {
            RocksDbDatabase database = rocks.builder().build();
            rocks.handle("second").close();

            assertClosed(database::openSnapshot);
            assertClosed(() -> rocks.builder().build());
        }
    }

    @Test
    void aFamilyWithAnotherComparatorIsRefused() throws Exception {
        try (TestRocksDb rocks = new TestRocksDb(
                folder.resolve("db"),
                new ColumnFamilyOptions().setComparator(BuiltinComparator.REVERSE_BYTEWISE_COMPARATOR))) {
            assertThatThrownBy(() -> rocks.builder().build())
                    .isInstanceOf(IOException.class)
                    .hasMessageContainingAll("first", "rocksdb.ReverseBytewiseComparator");
        }
    }

    @Test
    void keysInAnotherOrderEndTheScanWhereTheComparatorIsUnknown() throws Exception {
        try (TestRocksDb rocks = new TestRocksDb(
                folder.resolve("db"),
                new ColumnFamilyOptions().setComparator(BuiltinComparator.REVERSE_BYTEWISE_COMPARATOR))) {
            rocks.write(List.of(Write.put("first", "a", "1"), Write.put("first", "b", "1")));
            Family family = Family.of(rocks.db(), rocks.handle("first"));

            assertThatThrownBy(
                            () -> new FamilyScan(rocks.db(), family).entries(null, KeyRange.all(), (key, value) -> {}))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("bytewise order");
        }
    }

    private static void assertClosed(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IOException.class).hasMessageContaining("closed");
    }
}

package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.contract.DatabaseContents;
import io.kvbackup.database.contract.MemoryDatabase;
import io.kvbackup.database.contract.Write;
import io.kvbackup.model.Backup;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.fake.CountingStorageClient;
import io.kvbackup.storage.fake.StorageOperation;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Entries and situations at the edges. */
class EdgeCaseTest {
    private final MemoryStorageClient storage = new MemoryStorageClient();
    private final MemoryDatabase database = MemoryDatabase.of(
            "edges",
            new SetBackup("some", Encoding.BINARY, Encoding.BINARY),
            new SetBackup("empty", Encoding.BINARY, Encoding.BINARY),
            new SetBackup("näme/with:odd*characters", Encoding.TEXT, Encoding.JSON));

    @AfterEach
    void clearInterrupt() {
        assertThat(Thread.interrupted())
                .as("a test left the thread interrupted")
                .isFalse();
    }

    private BackupManager manager(StorageClient store, String format) throws Exception {
        return BackupManager.builder()
                .storage(store)
                .format(format)
                .database(database)
                .build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cbor.zst", "json.zst", "tar.zst"})
    void emptyKeysEmptyValuesAndLargeValuesComeBack(String format) throws Exception {
        assertComesBack(format, 4 << 20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cbor.zst", "tar.zst"})
    @Tag("thorough")
    void valuesOf64MebibytesComeBack(String format) throws Exception {
        assertComesBack(format, 64 << 20);
    }

    @Test
    @Tag("soak")
    void valuesOf64MebibytesComeBackFromJson() throws Exception {
        assertComesBack("json.zst", 64 << 20);
    }

    private void assertComesBack(String format, int size) throws Exception {
        byte[] large = new byte[size];
        new Random(7).nextBytes(large);
        database.change(List.of(
                new Write("some", new byte[0], new byte[0]),
                new Write("some", new byte[] {0}, new byte[0]),
                new Write("some", new byte[] {-1, 0, -1}, large)));
        NavigableMap<byte[], byte[]> before = DatabaseContents.of(database).get("some");
        try (BackupManager manager = manager(storage, format)) {
            Backup backup = manager.backupDatabase("edges");
            database.change(List.of(new Write("some", new byte[] {-1, 0, -1}, new byte[1])));

            manager.restoreDatabase(backup.objectName());

            DatabaseContents.assertSame(DatabaseContents.of(database).get("some"), before, format);
            assertThat(DatabaseContents.of(database).get("empty")).isEmpty();
        }
    }

    @Test
    void anInterruptEndsABackupAndLeavesNothing() throws Exception {
        try (BackupManager manager = manager(storage, "cbor.zst")) {
            Thread.currentThread().interrupt();
            try {
                assertThatThrownBy(() -> manager.backupDatabase("edges")).isInstanceOf(InterruptedIOException.class);
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
            } finally {
                Thread.interrupted();
            }
            assertThat(manager.listBackups()).isEmpty();
        }
        assertThat(storage.list("")).isEmpty();
    }

    @Test
    void anArchiveThatWasRenamedWithItsManifestIsRefused() throws Exception {
        try (BackupManager manager = manager(storage, "cbor.zst")) {
            Backup backup = manager.backupDatabase("edges");
            String other = "backups/edges/2001-01-01T00:00:00.000Z.cbor.zst";
            storage.copy(backup.objectName(), other);
            storage.copy(backup.objectName() + ".manifest.json", other + ".manifest.json");

            assertThatThrownBy(() -> manager.restoreDatabase(other))
                    .isInstanceOf(CorruptBackupException.class)
                    .hasMessageContaining("renamed");
        }
    }

    @Test
    void aBackupCostsAConstantNumberOfRequests() throws Exception {
        CountingStorageClient counting = new CountingStorageClient(storage);
        try (BackupManager manager = manager(counting, "cbor.zst")) {
            List<Integer> costs = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                counting.reset();
                manager.backupDatabase("edges");
                costs.add(counting.total());
                // The first one also makes the place a store, and looks what there is of all databases.
                assertThat(counting.count(StorageOperation.UPLOAD)).isEqualTo(i == 0 ? 3 : 2);
                assertThat(counting.count(StorageOperation.LIST)).isEqualTo(i == 0 ? 3 : 1);
            }
            assertThat(costs.subList(1, 5)).containsOnly(costs.get(1));
            counting.reset();
            assertThat(manager.listBackups()).hasSize(5);
            assertThat(counting.total()).isEqualTo(1);
        }
    }

    @Test
    void otherObjectsInTheStoreAreNotTakenForBackups() throws Exception {
        try (BackupManager manager = manager(storage, "json")) {
            Backup backup = manager.backupDatabase("edges");
            storage.copy(backup.objectName(), "backups/edges/notes.txt");
            storage.copy(backup.objectName(), "backups/readme.json");

            assertThat(manager.listBackups()).extracting(Backup::objectName).containsExactly(backup.objectName());
            assertThat(storage.list("backups/").map(StorageObject::key)).hasSize(4);
        }
    }
}

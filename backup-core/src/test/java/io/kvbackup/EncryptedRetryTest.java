package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.contract.MemoryDatabase;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.model.Backup;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.fake.CountingStorageClient;
import io.kvbackup.storage.fake.FaultyStorageClient;
import io.kvbackup.storage.fake.FaultyStorageClient.Fault;
import io.kvbackup.storage.fake.StorageOperation;
import io.kvbackup.storage.retry.RetryPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Encrypted archives have other bytes at each attempt: what lies in the store and what describes it must be one
 * attempt's.
 */
class EncryptedRetryTest {
    private final MemoryStorageClient memory = new MemoryStorageClient();
    private final CountingStorageClient counting = new CountingStorageClient(memory);
    private final FaultyStorageClient faulty = new FaultyStorageClient(counting);

    @Test
    void archiveWhoseReplyWasLostIsTheBackup() throws IOException {
        faulty.next(StorageOperation.UPLOAD, Fault.NONE, Fault.AFTER);
        try (BackupManager manager = BackupManager.builder()
                .storage(faulty)
                .database(MemoryDatabase.of("orders"))
                .encryption(EncryptionKeys.ofRaw("key", new byte[32]))
                .retryPolicy(RetryPolicy.defaults().withDelays(Duration.ZERO, Duration.ZERO, 0))
                .build()) {
            Backup backup = manager.backupDatabase("orders");

            assertThat(counting.count(StorageOperation.UPLOAD))
                    .as("what says that this is a store, the archive twice, and the manifest")
                    .isEqualTo(4);
            try (Stream<StorageObject> objects = memory.list("backups/")) {
                assertThat(objects.map(StorageObject::key))
                        .containsExactly(backup.objectName(), backup.objectName() + ".manifest.json");
            }
            manager.restoreDatabase(backup.objectName());
        }
    }
}

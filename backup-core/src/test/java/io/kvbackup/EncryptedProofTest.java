package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.model.Backup;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.StoreOutcome;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.verify.VerifyReport;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Test;

/** Encrypted backups are drilled, copied, and written to several stores like any other. */
class EncryptedProofTest {
    private static final EncryptionKeys KEYS = EncryptionKeys.ofRaw("k1", EncryptedHost.secret(1));

    private final Map<String, String> live = new ConcurrentSkipListMap<>(Map.of("a", "1", "b", "2"));

    private BackupManager manager(StorageClient store, EncryptionKeys keys) throws IOException {
        return BackupManager.builder()
                .storage(store)
                .encryption(keys)
                .database(MapDatabase.builder("orders")
                        .set("items", live, Codec.utf8(), Codec.utf8())
                        .build())
                .build();
    }

    @Test
    void drillsCopiesAndSeveralStores() throws IOException {
        StorageClient offsite = new MemoryStorageClient();
        StorageClient third = new MemoryStorageClient();
        try (BackupManager here = manager(new MemoryStorageClient(), KEYS);
                BackupManager there = manager(offsite, KEYS)) {
            Map<String, StoreOutcome> outcomes = here.backupToStores(
                    "orders", BackupOptions.builder().alsoTo("third", third).build());
            Backup backup = outcomes.get("third").backup().orElseThrow();
            assertThat(here.verify(backup.objectName(), VerifyLevel.DRILL).checks())
                    .as("all but that of packs, which an archive has none of")
                    .containsExactlyInAnyOrderElementsOf(
                            EnumSet.complementOf(EnumSet.of(VerifyReport.Check.PACKS_PRESENT)));

            here.copyBackup(backup.objectName(), offsite);

            assertThat(there.verify(backup.objectName(), VerifyLevel.DRILL).entries())
                    .isEqualTo(2);
            live.clear();
            there.restoreLatest("orders");
            assertThat(live).containsOnly(Map.entry("a", "1"), Map.entry("b", "2"));
        }
    }

    @Test
    void aMissingKeyIsNoDamage() throws IOException {
        StorageClient store = new MemoryStorageClient();
        String name;
        try (BackupManager manager = manager(store, KEYS)) {
            name = manager.backupDatabase("orders").objectName();
        }
        try (BackupManager other = manager(store, EncryptionKeys.ofRaw("k2", EncryptedHost.secret(2)))) {
            assertThatThrownBy(() -> other.verify(name)).isNotInstanceOf(CorruptBackupException.class);
            assertThat(other.listBackups("orders").get(0).marks().verifications())
                    .isEmpty();
        }
    }
}

package io.kvbackup.examples;

import io.kvbackup.BackupManager;
import io.kvbackup.database.Database;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.encryption.RewrapReport;
import io.kvbackup.model.Backup;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.security.PrivateKey;
import java.security.PublicKey;

/** Backups that the store's operator cannot read, or change. */
final class EncryptedBackups {
    private EncryptedBackups() {}

    static void backUpAndRestore(StorageClient storage, Database orders, byte[] secret) throws IOException {
        // region encryption
        EncryptionKeys keys = EncryptionKeys.ofRaw("2026", secret); // 32 random bytes, from where you keep secrets
        try (BackupManager manager = BackupManager.builder()
                .storage(storage)
                .database(orders)
                .encryption(keys) // the format is now cbor.zst.enc
                .build()) {

            Backup backup = manager.backupDatabase("orders");
            manager.restoreDatabase(backup.objectName()); // authentic to the last byte, or refused
        }
        // endregion
    }

    static void rotate(StorageClient storage, Database orders, byte[] newSecret, byte[] oldSecret) throws IOException {
        // region rotation
        EncryptionKeys keys =
                EncryptionKeys.ofRaw("2027", newSecret).withOlder(EncryptionKeys.ofRaw("2026", oldSecret));
        try (BackupManager manager = BackupManager.builder()
                .storage(storage)
                .database(orders)
                .encryption(keys)
                .build()) {

            RewrapReport report = manager.rewrapBackups(); // replaces manifests; archives stay as they are
            System.out.println(report.rewrapped() + " backups no longer need the key of 2026");
        }
        // endregion
    }

    static void writeWithoutBeingAbleToRead(
            StorageClient storage, Database orders, PublicKey publicKey, PrivateKey privateKey) throws IOException {
        // region public-key
        try (BackupManager host = BackupManager.builder()
                .storage(storage)
                .database(orders)
                .encryption(EncryptionKeys.publicKeyOnly("vault", publicKey)) // RSA; restoring is refused here
                .build()) {
            host.backupDatabase("orders");
        }
        try (BackupManager vault = BackupManager.builder()
                .storage(storage)
                .database(orders)
                .encryption(EncryptionKeys.ofKeyPair("vault", publicKey, privateKey))
                .build()) {
            vault.restoreLatest("orders");
        }
        // endregion
    }
}

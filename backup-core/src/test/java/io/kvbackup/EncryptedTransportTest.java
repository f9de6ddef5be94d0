package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.encryption.EncryptionKeyException;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.model.Backup;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encrypted backups can be carried about by those who cannot read them. */
class EncryptedTransportTest {
    private final EncryptedHost host = new EncryptedHost();
    private final EncryptionKeys keys = EncryptedHost.raw("k1");

    @Test
    void aFileGoesOutAndBackWithItsManifest(@TempDir Path folder) throws IOException {
        Map<String, String> original = host.state();
        Path file = folder.resolve("archive.enc");
        String name;
        try (BackupManager manager = host.manager(keys)) {
            name = manager.backupDatabase("orders").objectName();
        }
        try (BackupManager keyless = host.manager(null)) {
            keyless.downloadFile(name, file);
            assertThat(folder.resolve("archive.enc.manifest.json"))
                    .hasBinaryContent(host.read(EncryptedHost.manifest(name)));
            keyless.deleteBackup(name);
            keyless.uploadFile(name, file);
        }
        host.live.clear();
        try (BackupManager manager = host.manager(keys)) {
            assertThat(manager.restoreDatabase(name).hasManifest()).isTrue();
        }
        assertThat(host.state()).isEqualTo(original);
    }

    @Test
    void aFileWithoutItsManifestOrUnderAnotherNameIsRefused(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("archive");
        Path manifest = folder.resolve("archive.manifest.json");
        try (BackupManager manager = host.manager(keys)) {
            String name = manager.backupDatabase("orders").objectName();
            manager.downloadFile(name, file);
            manager.deleteBackup(name);
            String other = "backups/orders/2026-11-20T13:00:00.000Z.cbor.zst.enc";
            assertThatThrownBy(() -> manager.uploadFile(other, file))
                    .isInstanceOf(CorruptBackupException.class)
                    .hasMessageContaining("describes another archive");
            byte[] whole = Files.readAllBytes(file);
            Files.write(file, new byte[] {1, 2, 3});
            assertThatThrownBy(() -> manager.uploadFile(name, file)).isInstanceOf(CorruptBackupException.class);
            Files.write(file, whole);
            Files.delete(manifest);
            assertThatThrownBy(() -> manager.uploadFile(name, file))
                    .isInstanceOf(NoSuchFileException.class)
                    .hasMessageContaining("its key is in its manifest");
            assertThat(manager.listBackups()).isEmpty();
        }
    }

    @Test
    void copiesNeedNoKey() throws IOException {
        MemoryStorageClient second = new MemoryStorageClient();
        Map<String, String> original = host.state();
        String name;
        try (BackupManager manager = host.manager(keys)) {
            name = manager.backupDatabase("orders").objectName();
        }
        try (BackupManager keyless = host.manager(null)) {
            Backup copy = keyless.copyBackup(name, second).backup();
            assertThat(copy.hasManifest()).isTrue();
            assertThat(copy.contents()).isEmpty();
        }
        host.live.clear();
        try (BackupManager elsewhere = host.builder(keys, second).build()) {
            elsewhere.restoreDatabase(name);
            assertThat(elsewhere.verify(name).entries()).isEqualTo(2);
        }
        assertThat(host.state()).isEqualTo(original);
    }

    @Test
    void whatIsListedCanBeVerifiedWithoutKey() throws IOException {
        String name;
        try (BackupManager manager = host.manager(keys)) {
            name = manager.backupDatabase("orders").objectName();
        }
        try (BackupManager keyless = host.manager(null)) {
            assertThat(keyless.verify(name, VerifyLevel.LISTED).backup().objectName())
                    .isEqualTo(name);
            assertThatThrownBy(() -> keyless.verify(name, VerifyLevel.DIGEST))
                    .isInstanceOf(EncryptionKeyException.class)
                    .hasMessageContaining("'k1'");
            assertThat(keyless.listBackups().get(0).marks().verifications())
                    .allMatch(verification -> verification.level() == VerifyLevel.LISTED && verification.passed());
        }
        try (BackupManager manager = host.manager(keys)) {
            assertThat(manager.verify(name, VerifyLevel.DRILL).entries()).isEqualTo(2);
        }
    }
}

package io.kvbackup;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.encryption.EncryptionKeyException;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.model.Backup;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncryptedBackupTest {
    private final EncryptedHost host = new EncryptedHost();
    private final EncryptionKeys keys = EncryptedHost.raw("k1");

    @ParameterizedTest
    @ValueSource(strings = {"cbor.zst.enc", "json.enc", "json.gz.enc", "tar.bz2.enc", "cbor.enc"})
    void whatWasBackedUpEncryptedComesBack(String format) throws IOException {
        Map<String, String> original = host.state();
        try (BackupManager manager = host.builder(keys).format(format).build()) {
            Backup backup = manager.backupDatabase("orders");
            host.live.clear();
            manager.restoreLatest("orders");

            assertThat(backup.objectName()).endsWith("." + format);
            assertThat(host.state()).isEqualTo(original);
            assertThat(manager.verify(backup.objectName()).entries()).isEqualTo(2);
            assertThat(manager.describe(backup.objectName()).contents()).isEqualTo(backup.contents());
            assertThat(manager.load(backup.objectName()).databases()).containsKey("orders");
        }
    }

    @Test
    void allDatabasesTogetherAreEncryptedToo() throws IOException {
        Map<String, String> original = host.state();
        try (BackupManager manager = host.manager(keys)) {
            Backup backup = manager.backupAllDatabases();
            host.live.clear();
            manager.restoreLatest("orders");

            assertThat(backup.format()).isEqualTo("cbor.zst.enc");
            assertThat(host.state()).isEqualTo(original);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"json.enc", "cbor.enc", "tar.enc"})
    void nothingInTheStoreTellsKeysValuesOrSetNames(String format) throws IOException {
        try (BackupManager manager = host.builder(keys).format(format).build()) {
            manager.backupDatabase("orders");
            manager.backupAllDatabases();
        }
        try (Stream<StorageObject> objects = host.storage.list("")) {
            for (StorageObject object : objects.toList()) {
                assertThat(new String(host.read(object.key()), ISO_8859_1))
                        .doesNotContain(
                                EncryptedHost.SECRET_SET, EncryptedHost.SECRET_KEY, "confidential", "entryCount");
            }
        }
    }

    @Test
    void aSpoolFileHoldsOnlyCiphertext(@TempDir Path folder) throws IOException {
        List<String> seen = new ArrayList<>();
        StorageClient spying = new ForwardingStorageClient(host.storage) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                try (Stream<Path> files =
                        Files.find(folder, 2, (file, is) -> is.isRegularFile() && !file.endsWith("lock"))) {
                    for (Path file : files.toList()) {
                        seen.add(new String(Files.readAllBytes(file), ISO_8859_1));
                    }
                }
                return super.upload(key, content, condition);
            }
        };
        try (BackupManager manager = BackupManager.builder()
                .storage(spying)
                .database(MapDatabase.builder("orders")
                        .set(EncryptedHost.SECRET_SET, host.live, Codec.utf8(), Codec.utf8())
                        .build())
                .encryption(keys)
                .format("json.enc")
                .spool(true)
                .temporaryDirectory(folder)
                .build()) {
            manager.backupDatabase("orders");
        }
        assertThat(seen)
                .isNotEmpty()
                .allSatisfy(content -> assertThat(content)
                        .hasSizeGreaterThan(50)
                        .doesNotContain(EncryptedHost.SECRET_KEY, EncryptedHost.SECRET_SET));
    }

    @Test
    void theSameContentNeverLooksTheSame() throws IOException {
        try (BackupManager manager = host.builder(keys).format("json.enc").build()) {
            Backup first = manager.backupDatabase("orders");
            Backup second = manager.backupDatabase("orders");

            assertThat(host.read(first.objectName())).isNotEqualTo(host.read(second.objectName()));
            assertThat(first.contents().orElseThrow().sha256())
                    .isNotEqualTo(second.contents().orElseThrow().sha256());
        }
    }

    @Test
    void aFormatAndItsKeysGoTogetherOrTheManagerIsNotBuilt() throws IOException {
        assertThatThrownBy(() -> host.builder(null).format("cbor.zst.enc").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cbor.zst.enc")
                .hasMessageContaining("encryption(…)");
        assertThatThrownBy(() -> host.builder(keys).format("json.gz").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'json.gz.enc'");
        assertThatThrownBy(() -> host.builder(null).format("json.enc.gz"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must come last");
        try (BackupManager manager = host.manager(keys)) {
            BackupOptions plain = BackupOptions.builder().format("json").build();
            assertThatThrownBy(() -> manager.backupDatabase("orders", plain))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'json.enc'");
            assertThat(manager.listBackups()).isEmpty();
        }
    }

    @Test
    void aHostWithoutTheKeyIsToldWhichOneItNeeds() throws IOException {
        String name;
        try (BackupManager manager = host.manager(keys)) {
            name = manager.backupDatabase("orders").objectName();
        }
        Map<String, String> changed = Map.of("since", "\"x\"");
        host.live.clear();
        host.live.putAll(changed);
        EncryptionKeys impostor = EncryptionKeys.ofRaw("k1", EncryptedHost.secret(99));
        for (EncryptionKeys other : new EncryptionKeys[] {null, EncryptedHost.raw("k2"), impostor}) {
            try (BackupManager manager = host.manager(other)) {
                assertThat(manager.listBackups("orders")).hasSize(1);
                for (ThrowingCallable reading : List.<ThrowingCallable>of(
                        () -> manager.describe(name),
                        () -> manager.verify(name),
                        () -> manager.load(name),
                        () -> manager.restoreDatabase(name),
                        () -> manager.restoreLatest("orders"))) {
                    assertThatThrownBy(reading)
                            .isInstanceOf(EncryptionKeyException.class)
                            .hasMessageContaining("'k1'")
                            .hasMessageContaining(name);
                }
            }
        }
        assertThat(host.state()).isEqualTo(changed);
    }

    @Test
    void oldKeysReadOldBackups() throws IOException {
        Map<String, String> original = host.state();
        try (BackupManager manager = host.manager(keys)) {
            manager.backupDatabase("orders");
        }
        host.live.clear();
        EncryptionKeys rotated = EncryptedHost.raw("k2").withOlder(keys);
        try (BackupManager manager = host.manager(rotated)) {
            manager.restoreLatest("orders");
        }
        assertThat(host.state()).isEqualTo(original);
    }

    @Test
    void aHostWithThePublicHalfWritesWhatItCannotRead() throws Exception {
        KeyPair pair = rsa();
        Map<String, String> original = host.state();
        Backup backup;
        try (BackupManager manager = host.manager(EncryptionKeys.publicKeyOnly("vault", pair.getPublic()))) {
            backup = manager.backupDatabase("orders");
            assertThat(manager.listBackups("orders")).hasSize(1);
            assertThatThrownBy(() -> manager.verify(backup.objectName()))
                    .isInstanceOf(EncryptionKeyException.class)
                    .hasMessageContaining("public half of key 'vault'");
            assertThatThrownBy(() -> manager.restoreLatest("orders")).isInstanceOf(EncryptionKeyException.class);
        }
        host.live.clear();
        try (BackupManager manager =
                host.manager(EncryptionKeys.ofKeyPair("vault", pair.getPublic(), pair.getPrivate()))) {
            manager.restoreDatabase(backup.objectName());
        }
        assertThat(host.state()).isEqualTo(original);
    }

    static KeyPair rsa() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
    }

    @Test
    void aPlainBackupIsRestoredByAnEncryptingHostOnlyWhenItSaysSo() throws IOException {
        Map<String, String> original = host.state();
        String plain;
        try (BackupManager manager = host.manager(null)) {
            plain = manager.backupDatabase("orders").objectName();
        }
        host.live.put("since", "\"x\"");
        Map<String, String> changed = host.state();
        try (BackupManager manager = host.manager(keys)) {
            assertThatThrownBy(() -> manager.restoreDatabase(plain))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("is not encrypted")
                    .hasMessageContaining("allowUnencrypted(true)");
            assertThatThrownBy(() -> manager.restoreLatest("orders")).hasMessageContaining("is not encrypted");
            assertThatThrownBy(() -> manager.restoreAllDatabases(plain)).hasMessageContaining("is not encrypted");
            assertThat(host.state()).isEqualTo(changed);

            manager.restoreLatest(
                    "orders", RestoreOptions.builder().allowUnencrypted(true).build());
            assertThat(host.state()).isEqualTo(original);
        }
    }
}

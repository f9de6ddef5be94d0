package io.kvbackup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.encryption.RewrapReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFilesTest {
    private static final byte[] SECRET = EncryptedHost.secret(7);
    private final EncryptedHost host = new EncryptedHost();

    @TempDir
    private Path folder;

    private Path file(byte[] content) throws IOException {
        return Files.write(folder.resolve("file"), content);
    }

    private BackupManager manager(Map<String, String> environment) throws IOException {
        return host.builder(null).environment(environment).build();
    }

    private static Map<String, String> key(Path file) {
        return Map.of("KVBACKUP_ENCRYPTION_KEY_FILE", file.toString(), "KVBACKUP_ENCRYPTION_KEY_ID", "k1");
    }

    private void restoresWith(EncryptionKeys keys) throws IOException {
        Map<String, String> original = host.state();
        host.live.clear();
        try (BackupManager manager = host.manager(keys)) {
            manager.restoreLatest("orders");
        }
        assertThat(host.state()).isEqualTo(original);
    }

    @Test
    void aKeyIsReadAsItIsOrInBase64() throws IOException {
        for (byte[] content : new byte[][] {
            SECRET,
            Base64.getEncoder().encode(SECRET),
            (Base64.getEncoder().encodeToString(SECRET) + "\n").getBytes(UTF_8)
        }) {
            try (BackupManager manager = manager(key(file(content)))) {
                assertThat(manager.backupDatabase("orders").format()).isEqualTo("cbor.zst.enc");
            }
            restoresWith(EncryptionKeys.ofRaw("k1", SECRET));
        }
    }

    @Test
    void aPasswordIsTheFirstLine() throws IOException {
        String password = "correct horse battery st\u00e4ple";
        Path file = file((password + "\r\n").getBytes(UTF_8));
        try (BackupManager manager = manager(Map.of("KVBACKUP_ENCRYPTION_PASSWORD_FILE", file.toString()))) {
            manager.backupDatabase("orders");
        }
        restoresWith(EncryptionKeys.ofPassword(password.toCharArray()));
    }

    @Test
    void keysAreRotatedBySettings() throws IOException {
        Path old = Files.write(folder.resolve("old"), SECRET);
        Path password = Files.writeString(folder.resolve("password"), "a password of this year");
        try (BackupManager manager = manager(key(old))) {
            manager.backupDatabase("orders");
        }
        try (BackupManager manager = manager(Map.of(
                "KVBACKUP_ENCRYPTION_PASSWORD_FILE",
                password.toString(),
                "KVBACKUP_ENCRYPTION_KEY_ID",
                "year",
                "KVBACKUP_ENCRYPTION_OLDER_KEY_FILE",
                old.toString(),
                "KVBACKUP_ENCRYPTION_OLDER_KEY_ID",
                "k1"))) {
            assertThat(manager.rewrapBackups()).isEqualTo(new RewrapReport(1, 0));
        }
        restoresWith(EncryptionKeys.ofPassword("year", "a password of this year".toCharArray(), 100_000));
        Path next = Files.writeString(folder.resolve("next"), "a password of next year");
        try (BackupManager manager = manager(Map.of(
                "KVBACKUP_ENCRYPTION_PASSWORD_FILE", next.toString(),
                "KVBACKUP_ENCRYPTION_OLDER_PASSWORD_FILE", password.toString(),
                "KVBACKUP_ENCRYPTION_OLDER_KEY_ID", "year"))) {
            assertThat(manager.rewrapBackups()).isEqualTo(new RewrapReport(1, 0));
        }
        restoresWith(EncryptionKeys.ofPassword("a password of next year".toCharArray()));
        assertThatThrownBy(() -> manager(Map.of("KVBACKUP_ENCRYPTION_OLDER_PASSWORD_FILE", password.toString())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no current one");
        assertThatThrownBy(() -> manager(Map.of("KVBACKUP_ENCRYPTION_KEY_ID", "year")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("go together");
    }

    @Test
    void whatTheBuilderIsGivenGoesFirst() throws IOException {
        try (BackupManager manager = host.builder(EncryptedHost.raw("mine"))
                .environment(key(file(SECRET)))
                .build()) {
            manager.backupDatabase("orders");
        }
        restoresWith(EncryptedHost.raw("mine"));
    }

    @Test
    void nonsenseIsRefusedWithoutShowingTheSecret() throws IOException {
        assertThatThrownBy(() -> manager(key(file("short secret".getBytes(UTF_8)))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must have 32")
                .message()
                .doesNotContain("short secret");
        assertThatThrownBy(() -> manager(key(folder.resolve("missing")))).isInstanceOf(NoSuchFileException.class);
        Path file = file(SECRET);
        assertThatThrownBy(() -> manager(Map.of("KVBACKUP_ENCRYPTION_KEY_FILE", file.toString())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("kvbackup.encryption.key-id go together");
        assertThatThrownBy(() -> manager(Map.of(
                        "KVBACKUP_ENCRYPTION_KEY_FILE",
                        file.toString(),
                        "KVBACKUP_ENCRYPTION_KEY_ID",
                        "k",
                        "KVBACKUP_ENCRYPTION_PASSWORD_FILE",
                        file.toString())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("remove one of them");
        assertThatThrownBy(() -> manager(Map.of("KVBACKUP_ENCRYPTION_KEY", "value")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unknown setting")
                .message()
                .doesNotContain("value");
    }
}

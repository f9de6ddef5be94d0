package io.kvbackup;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.model.CorruptBackupException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that people make on other systems are understood, or refused with the word for what they are. */
class TextFilesTest {
    private static final String PASSWORD = "correct horse battery st\u00e4ple";
    private static final byte[] SECRET = EncryptedHost.secret(7);
    private final EncryptedHost host = new EncryptedHost();

    @TempDir
    private Path folder;

    /** How text becomes bytes. */
    enum Saved {
        UTF8(UTF_8, ""),
        UTF8_BOM(UTF_8, "\uFEFF"),
        UTF16LE_BOM(UTF_16LE, "\uFEFF"),
        UTF16BE_BOM(UTF_16BE, "\uFEFF"),
        UTF16LE(UTF_16LE, ""),
        UTF16BE(UTF_16BE, ""),
        LATIN1(ISO_8859_1, ""),
        UTF32(Charset.forName("UTF-32LE"), "\uFEFF");

        private final Charset charset;
        private final String mark;

        Saved(Charset charset, String mark) {
            this.charset = charset;
            this.mark = mark;
        }

        byte[] bytes(String text) {
            return (mark + text).getBytes(charset);
        }

        boolean isUnderstood() {
            return this == UTF8 || (!mark.isEmpty() && this != UTF32);
        }
    }

    private static Stream<Arguments> files() {
        return Stream.of(Saved.values())
                .flatMap(saved ->
                        Stream.of("", "\n", "\r\n", "\r", "\r\nsecond line\r\n").map(end -> Arguments.of(saved, end)));
    }

    private Path file(byte[] content) throws IOException {
        return Files.write(folder.resolve("file"), content);
    }

    private BackupManager manager(Map<String, String> environment) throws IOException {
        return host.builder(null).environment(environment).build();
    }

    private BackupManager withPassword(Path file) throws IOException {
        return manager(Map.of("KVBACKUP_ENCRYPTION_PASSWORD_FILE", file.toString()));
    }

    private void restoresWith(EncryptionKeys keys) throws IOException {
        Map<String, String> original = host.state();
        host.live.clear();
        try (BackupManager manager = host.manager(keys)) {
            manager.restoreLatest("orders");
        }
        assertThat(host.state()).isEqualTo(original);
    }

    @ParameterizedTest
    @MethodSource("files")
    void passwords(Saved saved, String end) throws IOException {
        Path file = file(saved.bytes(PASSWORD + end));
        if (saved.isUnderstood()) {
            assertThat(TextFile.of(Files.readAllBytes(file)).first()).containsExactly(PASSWORD.toCharArray());
        } else {
            assertThatThrownBy(() -> withPassword(file))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining(
                            saved == Saved.LATIN1
                                    ? "Latin-1"
                                    : "UTF-" + saved.name().substring(3, 5))
                    .hasMessageContaining("save it as text in UTF-8")
                    .hasMessageNotContaining("horse");
        }
    }

    @Test
    void aPasswordWithAMark() throws IOException {
        try (BackupManager manager = withPassword(file(Saved.UTF8_BOM.bytes(PASSWORD + "\r\n")))) {
            manager.backupDatabase("orders");
        }
        restoresWith(EncryptionKeys.ofPassword(PASSWORD.toCharArray()));
    }

    @Test
    void aMarkThatWasOnceTakenForPartOfThePasswordStillReads() throws IOException {
        try (BackupManager manager = host.manager(EncryptionKeys.ofPassword(("\uFEFF" + PASSWORD).toCharArray()))) {
            manager.backupDatabase("orders");
        }
        Map<String, String> original = host.state();
        host.live.clear();
        try (BackupManager manager = withPassword(file(Saved.UTF8_BOM.bytes(PASSWORD)))) {
            manager.restoreLatest("orders");
        }
        assertThat(host.state()).isEqualTo(original);
    }

    @ParameterizedTest
    @MethodSource("files")
    void keysInBase64(Saved saved, String end) throws IOException {
        String base64 = Base64.getEncoder().encodeToString(SECRET);
        Path file = file(saved.bytes(base64 + (end.contains("second") ? "\r\n" : end)));
        try (BackupManager manager =
                manager(Map.of("KVBACKUP_ENCRYPTION_KEY_FILE", file.toString(), "KVBACKUP_ENCRYPTION_KEY_ID", "k1"))) {
            manager.backupDatabase("orders");
        }
        restoresWith(EncryptionKeys.ofRaw("k1", SECRET));
    }

    @Test
    void keysThatWereChangedOnTheirWayAreRefused() throws IOException {
        byte[] random = Base64.getDecoder().decode("gP8NCgH+7/8AERKEwwoNf4CBkpOkpbanyMnq6/z97hA=");
        byte[] inUnixText = new String(random, ISO_8859_1).replace("\n", "\r\n").getBytes(ISO_8859_1);
        byte[] throughUtf8 = new String(random, UTF_8).getBytes(UTF_8);
        byte[] withNewLine = Arrays.copyOf(random, 33);
        withNewLine[32] = '\n';
        byte[] password = "sixteen letters!".getBytes(UTF_16LE);
        for (byte[] changed : new byte[][] {inUnixText, throughUtf8, withNewLine, password, {}, {1}}) {
            Path file = file(changed);
            assertThatThrownBy(() -> manager(Map.of(
                            "KVBACKUP_ENCRYPTION_KEY_FILE", file.toString(), "KVBACKUP_ENCRYPTION_KEY_ID", "k1")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("UTF-16");
        }
    }

    @ParameterizedTest
    @EnumSource(Saved.class)
    void settingsReadAsBytes(Saved saved) throws IOException {
        String text = "kvbackup.storage=mem:a\r\nkvbackup.format=json\r\nother=1\r\n";
        Properties read = new Properties();
        read.load(new ByteArrayInputStream(saved.bytes(text)));
        Properties decoded = new Properties();
        decoded.load(new InputStreamReader(new ByteArrayInputStream(saved.bytes(text)), UTF_8));
        Properties right = new Properties();
        right.load(new InputStreamReader(new ByteArrayInputStream(saved.bytes(text)), saved.charset));
        for (Properties properties : new Properties[] {read, decoded, right}) {
            boolean plain = properties.containsKey("kvbackup.storage") && properties.containsKey("other");
            if (plain) {
                BackupManager.builder().properties(properties).build().close();
            } else {
                assertThatThrownBy(() -> BackupManager.builder().properties(properties))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("kvbackup.")
                        .hasMessageMatching("(?s).*(byte order mark|UTF-16).*")
                        .hasMessageContaining("UTF-8");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uFEFFKVBACKUP_FORMAT", "\u00EF\u00BB\u00BFKVBACKUP_FORMAT"})
    void environmentsFromMarkedFiles(String name) {
        assertThatThrownBy(() -> BackupManager.builder().environment(Map.of(name, "json")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("byte order mark");
        assertThatThrownBy(() -> BackupManager.builder().environment(Map.of("KVBACKUP_FORMAT", "\uFEFFjson")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("byte order mark");
        BackupManager.builder().environment(Map.of("KVBACKUP_FORMAT", "json\r", "\uFEFFOTHER", "x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uFEFFsecret", "secret\n", "secret\r\n", "s\0e\0"})
    void keyStorePasswordsFromFiles(String password) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setEntry(
                "k",
                new KeyStore.SecretKeyEntry(new javax.crypto.spec.SecretKeySpec(SECRET, "AES")),
                new KeyStore.PasswordProtection("secret".toCharArray()));
        EncryptionKeys.ofKeyStore(store, "secret".toCharArray(), "k");
        assertThatThrownBy(() -> EncryptionKeys.ofKeyStore(store, password.toCharArray(), "k"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("(?s).*(byte order mark|line break|UTF-16).*")
                .hasMessageNotContaining("secret");
    }

    @Test
    void archivesInUtf16AreNamed() throws IOException {
        String archive = "{\"name\":\"db\",\"sets\":{}}";
        FullBackup.read(new ByteArrayInputStream(Saved.UTF8_BOM.bytes(archive)), "json");
        for (Saved wide : new Saved[] {Saved.UTF16BE_BOM, Saved.UTF16LE_BOM}) {
            assertThatThrownBy(() -> FullBackup.read(new ByteArrayInputStream(wide.bytes(archive)), "json"))
                    .isInstanceOf(CorruptBackupException.class)
                    .hasMessageContaining("UTF-16");
        }
    }
}

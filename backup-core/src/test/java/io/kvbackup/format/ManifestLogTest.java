package io.kvbackup.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.encryption.WrappedKey;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import io.kvbackup.pipeline.DataKey;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Manifests that say where a backup stands in a change log: version 3, of both kinds, plain and sealed. */
class ManifestLogTest {
    private static final String HEX = "0123456789abcdef".repeat(4);
    private static final DataKey KEY = DataKey.of(new byte[DataKey.BYTES]);
    private static final WrappedKey WRAPPED = new WrappedKey("k", "test", Map.of("a", "b"), new byte[] {1, 2, 3});
    private static final ManifestLog LOG = new ManifestLog("h1", "00000001-00000000000000ff", -2, -1);

    private static Manifest manifest(BackupKind kind, List<String> transforms) {
        DatabaseBackup header = DatabaseBackup.of("orders", new SetBackup("items", Encoding.TEXT, Encoding.JSON));
        return new Manifest(
                kind,
                "backups/orders/2026-11-20T12:00:00.000Z.x",
                kind == BackupKind.FULL ? "cbor" : "tree",
                transforms,
                List.of(),
                ArchiveShape.DATABASE,
                new BackupMetadata(Instant.parse("2026-11-20T12:00:00Z"), "1.0.0", 1, 1, 5),
                new StreamDigest(100, HEX),
                new StreamDigest(300, HEX),
                List.of(new DatabaseContents(header, Map.of("items", 5L))),
                LOG);
    }

    private static byte[] sealed(BackupKind kind) throws IOException {
        return SealedManifestJson.encode(manifest(kind, List.of("enc")), KEY, WRAPPED, new SecureRandom());
    }

    @Test
    void comesBackInEitherKind() throws Exception {
        for (BackupKind kind : BackupKind.values()) {
            Manifest manifest = manifest(kind, List.of("zst"));
            byte[] bytes = ManifestJson.encode(manifest);
            assertThat(new String(bytes, UTF_8))
                    .startsWith("{\"formatVersion\":3,")
                    .contains(",\"log\":{\"history\":\"h1\",\"timeline\":\"00000001-00000000000000ff\","
                            + "\"position\":\"fffffffffffffffe\",\"consistentAt\":\"ffffffffffffffff\"}");
            assertThat(ManifestJson.decode(bytes, "test")).isEqualTo(manifest);
        }
    }

    @Test
    void isSealedWithTheSummary() throws Exception {
        for (BackupKind kind : BackupKind.values()) {
            byte[] bytes = sealed(kind);
            assertThat(new String(bytes, UTF_8))
                    .startsWith("{\"formatVersion\":3,")
                    .doesNotContain("history");
            SealedManifest sealed = (SealedManifest) ManifestJson.decode(bytes, "test");
            assertThat(sealed.open(KEY, "test")).isEqualTo(manifest(kind, List.of("enc")));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"formatVersion\":3 | \"formatVersion\":1 | with a place in a change log",
                "\"log\": | \"lag\": | without a place in a change log",
                "\"position\":\"fffffffffffffffe\" | \"position\":\"FFFFFFFFFFFFFFFE\" | 16 digits",
                "\"position\":\"fffffffffffffffe\" | \"position\":7 | 'position'",
                "\"consistentAt\":\"ffffffffffffffff\" | \"consistentAt\":\"0000000000000001\" | consistent at"
                        + " position 1",
                "\"history\":\"h1\", | `` | 'history' is missing"
            })
    void refusesWhatMakesNoSense(String good, String bad, String complaint) throws Exception {
        String json = new String(ManifestJson.encode(manifest(BackupKind.FULL, List.of("zst"))), UTF_8);
        String senseless = json.replace(good, bad);
        byte[] bytes = ManifestSeal.seal(senseless.substring(0, senseless.lastIndexOf(",\"manifestSha256\"")));
        assertThat(senseless).isNotEqualTo(json);
        assertThatThrownBy(() -> ManifestJson.decode(bytes, "the manifest"))
                .isInstanceOf(CorruptBackupException.class)
                .hasMessageContaining(complaint);
    }
}

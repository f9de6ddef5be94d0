package io.kvbackup.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.model.AuthBackup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.IndexBackup;
import io.kvbackup.model.SetBackup;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestJsonTest {
    private static final String DIGEST = "0123456789abcdef".repeat(4);

    private final Manifest manifest = new Manifest(
            BackupKind.FULL,
            "backups/orders/2026-11-20T12:00:00.000Z.cbor.zst",
            "cbor",
            List.of("zst"),
            ArchiveShape.DATABASE,
            new BackupMetadata(Instant.parse("2026-11-20T12:00:00Z"), "1.0.0", 1, 2, 12),
            new StreamDigest(100, DIGEST),
            new StreamDigest(200, DIGEST),
            List.of(new DatabaseContents(
                    DatabaseBackup.of(
                            "orders",
                            List.of(
                                    new SetBackup("items", Encoding.TEXT, Encoding.JSON),
                                    new SetBackup("ünï", Encoding.BINARY, Encoding.BINARY)),
                            List.of(new IndexBackup("by-price", "items", "price", 1, List.of("price", "name"))),
                            new AuthBackup("admin", "secret", true)),
                    Map.of("items", 10L, "ünï", 2L))));

    @Test
    void survivesTheRoundTrip() throws Exception {
        assertThat(ManifestJson.decode(ManifestJson.encode(manifest), "test")).isEqualTo(manifest);
    }

    @Test
    void refusesEverySingleFlippedBit() throws Exception {
        byte[] good = ManifestJson.encode(manifest);
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThatThrownBy(() -> ManifestJson.decode(bad, "test"))
                    .as("bit %d", bit)
                    .isInstanceOf(CorruptBackupException.class)
                    .hasMessageContaining("test");
        }
    }

    @Test
    void refusesEveryTruncation() throws Exception {
        byte[] good = ManifestJson.encode(manifest);
        for (int length = 0; length < good.length; length++) {
            byte[] bad = java.util.Arrays.copyOf(good, length);
            assertThatThrownBy(() -> ManifestJson.decode(bad, "test")).isInstanceOf(CorruptBackupException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kind",
                "objectName",
                "format",
                "transforms",
                "shape",
                "metadata",
                "stored",
                "plain",
                "databases",
                "formatVersion",
                "sha256",
                "bytes",
                "entryCount",
                "sets",
                "keys"
            })
    void t7_refusesAMissingFieldEvenIfTheSealIsMadeToFit(String field) throws Exception {
        String json = new String(ManifestJson.encode(manifest), StandardCharsets.UTF_8);
        String renamed = json.replaceFirst("\"" + field + "\":", "\"_" + field + "\":");
        assertThat(renamed).isNotEqualTo(json);

        assertThatThrownBy(() -> ManifestJson.decode(reseal(renamed), "test"))
                .isInstanceOf(CorruptBackupException.class)
                .hasMessageContaining("'" + field + "' is missing");
    }

    @Test
    void refusesANewerVersionAndSaysSo() throws Exception {
        String json = new String(ManifestJson.encode(manifest), StandardCharsets.UTF_8)
                .replace("\"formatVersion\":1", "\"formatVersion\":4");

        assertThatThrownBy(() -> ManifestJson.decode(reseal(json), "test"))
                .isInstanceOf(CorruptBackupException.class)
                .hasMessageContaining("format version 4")
                .hasMessageContaining("newer version of this library");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"databaseCount\":1 | \"databaseCount\":-1",
                "\"setCount\":2 | \"setCount\":-2",
                "\"entryCount\":12 | \"entryCount\":-12",
                "\"entryCount\":10 | \"entryCount\":-10",
                "\"bytes\":100 | \"bytes\":-100",
                "\"sha256\":\"0123 | \"sha256\":\"none"
            })
    void refusesValuesThatMakeNoSenseEvenIfTheSealIsMadeToFit(String good, String bad) throws Exception {
        String json = new String(ManifestJson.encode(manifest), StandardCharsets.UTF_8);
        String senseless = json.replace(good, bad);
        assertThat(senseless).isNotEqualTo(json);

        assertThatThrownBy(() -> ManifestJson.decode(reseal(senseless), "test"))
                .isInstanceOf(CorruptBackupException.class)
                .hasMessageContaining("test");
    }

    private static byte[] reseal(String json) throws Exception {
        String body = json.substring(0, json.lastIndexOf(",\"manifestSha256\""));
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.UTF_8));
        return (body + ",\"manifestSha256\":\"" + HexFormat.of().formatHex(digest) + "\"}")
                .getBytes(StandardCharsets.UTF_8);
    }
}

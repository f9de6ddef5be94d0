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
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Manifests of trees, version 3, plain and sealed. */
class TreeManifestTest {
    private static final String HEX = "0123456789abcdef".repeat(4);
    private static final DataKey KEY = DataKey.of(new byte[DataKey.BYTES]);
    private static final WrappedKey WRAPPED = new WrappedKey("k", "test", Map.of("a", "b"), new byte[] {1, 2, 3});
    private static final String PACKS =
            "\"packs\":[{\"name\":\"packs/orders/a.pack\",\"bytes\":1000,\"sha256\":\"" + HEX
                    + "\",\"live\":700},{\"name\":\"packs/orders/b.pack\",\"bytes\":2000,\"sha256\":\"" + HEX
                    + "\",\"live\":2000,\"key\":\"k1\"}]";

    private static Manifest manifest(BackupKind kind, String format, List<String> transforms, List<PackRecord> packs) {
        DatabaseBackup header = DatabaseBackup.of("orders", new SetBackup("items", Encoding.TEXT, Encoding.JSON));
        return new Manifest(
                kind,
                "backups/orders/2026-11-20T12:00:00.000Z.tree.zst",
                format,
                transforms,
                packs,
                ArchiveShape.DATABASE,
                new BackupMetadata(Instant.parse("2026-11-20T12:00:00Z"), "1.0.0", 1, 1, 5),
                new StreamDigest(100, HEX),
                new StreamDigest(300, HEX),
                List.of(new DatabaseContents(header, Map.of("items", 5L))),
                null,
                kind == BackupKind.INCREMENTAL ? 3L : null,
                Optional.empty());
    }

    static Manifest tree(String... transforms) {
        return manifest(
                BackupKind.INCREMENTAL,
                "tree",
                List.of(transforms),
                List.of(
                        new PackRecord("packs/orders/a.pack", new StreamDigest(1_000, HEX), 700, null),
                        new PackRecord("packs/orders/b.pack", new StreamDigest(2_000, HEX), 2_000, "k1")));
    }

    static byte[] sealed() throws IOException {
        return SealedManifestJson.encode(tree("zst", "enc"), KEY, WRAPPED, new SecureRandom());
    }

    private static byte[] resealed(String json) {
        return ManifestSeal.seal(json.substring(0, json.lastIndexOf(",\"manifestSha256\"")));
    }

    @Test
    void packsAreInTheOpenPart() throws Exception {
        String plain = new String(ManifestJson.encode(tree("zst")), UTF_8);
        assertThat(plain)
                .startsWith("{\"formatVersion\":3,\"kind\":\"INCREMENTAL\",\"objectName\":"
                        + "\"backups/orders/2026-11-20T12:00:00.000Z.tree.zst\",\"format\":\"tree\","
                        + "\"transforms\":[\"zst\"],"
                        + PACKS + ",\"shape\":\"DATABASE\",\"metadata\":");
        assertThat(new String(sealed(), UTF_8))
                .startsWith("{\"formatVersion\":3,\"kind\":\"INCREMENTAL\",")
                .contains("\"transforms\":[\"zst\",\"enc\"]," + PACKS + ",\"stored\":{")
                .doesNotContain("databases");
    }

    @Test
    void comesBack() throws Exception {
        assertThat(ManifestJson.decode(ManifestJson.encode(tree("zst")), "test"))
                .isEqualTo(tree("zst"));
        ManifestDocument document = ManifestJson.decode(sealed(), "test");
        assertThat(document).isInstanceOf(SealedManifest.class);
        assertThat(document.packs()).isEqualTo(tree("zst").packs());
        assertThat(((SealedManifest) document).open(KEY, "test")).isEqualTo(tree("zst", "enc"));
        Manifest empty = manifest(BackupKind.INCREMENTAL, "tree", List.of("zst"), List.of());
        assertThat(ManifestJson.decode(ManifestJson.encode(empty), "test")).isEqualTo(empty);
    }

    @Test
    void packsOfASealedManifestCannotBeChanged() throws Exception {
        String json = new String(sealed(), UTF_8);
        for (String[] change : new String[][] {
            {"\"live\":700", "\"live\":701"}, {"orders/a.pack", "orders/c.pack"}, {"\"key\":\"k1\"", "\"key\":\"k2\""}
        }) {
            ManifestDocument forged = ManifestJson.decode(resealed(json.replace(change[0], change[1])), "test");
            assertThatThrownBy(() -> ((SealedManifest) forged).open(KEY, "test"))
                    .isInstanceOf(CorruptBackupException.class)
                    .hasMessageContaining("not authentic");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"formatVersion\":3 | \"formatVersion\":1 | INCREMENTAL",
                "\"formatVersion\":3 | \"formatVersion\":2 | sealed",
                "\"formatVersion\":3 | \"formatVersion\":4 | newer version",
                "\"kind\":\"INCREMENTAL\" | \"kind\":\"FULL\" | FULL",
                "\"format\":\"tree\" | \"format\":\"cbor\" | cbor",
                "\"packs\": | \"pax\": | 'packs' is missing",
                "\"live\":700 | \"live\":1001 | live",
                "\"live\":700 | \"live\":-1 | live",
                ",\"live\":700 | `` | live",
                "orders/b.pack | orders/a.pack | packs",
                "\"key\":\"k1\" | \"key\":1 | key",
                "[\"zst\"] | [\"zst\",\"enc\"] | not encrypted"
            })
    void refusesWhatMakesNoSense(String good, String bad, String complaint) throws Exception {
        String json = new String(ManifestJson.encode(tree("zst")), UTF_8);
        String senseless = json.replace(good, bad);
        byte[] bytes = resealed(senseless);
        assertThat(senseless).isNotEqualTo(json);
        assertThatThrownBy(() -> ManifestJson.decode(bytes, "the manifest"))
                .isInstanceOf(CorruptBackupException.class)
                .hasMessageContaining("the manifest")
                .hasMessageContaining(complaint);
    }

    @Test
    void onlyTreesHavePacksAndOnlyTheyAreIncremental() {
        List<PackRecord> packs = tree("zst").packs();
        assertThatThrownBy(() -> manifest(BackupKind.FULL, "cbor", List.of("zst"), packs))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> manifest(BackupKind.INCREMENTAL, "cbor", List.of("zst"), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> manifest(BackupKind.FULL, "tree", List.of("zst"), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void changedEntriesComeBackAndAreNoArchives() throws Exception {
        byte[] bytes = ManifestJson.encode(tree("zst"));
        Manifest decoded = (Manifest) ManifestJson.decode(bytes, "test");
        assertThat(decoded.changedEntries()).isEqualTo(3L);
        assertThat(ManifestJson.encode(decoded)).isEqualTo(bytes);
        SealedManifest sealed = (SealedManifest) ManifestJson.decode(sealed(), "test");
        assertThat(SealedManifestJson.open(sealed, KEY, "test").changedEntries())
                .isEqualTo(3L);
        String json = new String(bytes, UTF_8);
        byte[] without = resealed(json.replace("\"changedEntries\":3,", ""));
        assertThat(((Manifest) ManifestJson.decode(without, "test")).changedEntries())
                .as("of an older version")
                .isNull();
        byte[] negative = resealed(json.replace("\"changedEntries\":3", "\"changedEntries\":-3"));
        assertThatThrownBy(() -> ManifestJson.decode(negative, "test")).isInstanceOf(CorruptBackupException.class);
    }
}

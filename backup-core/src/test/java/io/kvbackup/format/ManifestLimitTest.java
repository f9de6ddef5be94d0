package io.kvbackup.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.encryption.WrappedKey;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.IndexBackup;
import io.kvbackup.model.SetBackup;
import io.kvbackup.pipeline.DataKey;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.AbstractMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A manifest is read up to a length, so it is written up to that length. */
class ManifestLimitTest {
    private static final StreamDigest DIGEST = new StreamDigest(100, "0123456789abcdef".repeat(4));
    private static final DataKey KEY = DataKey.of(new byte[DataKey.BYTES]);
    private static final WrappedKey WRAPPED = new WrappedKey("k", "test", Map.of(), new byte[] {1});

    private static Manifest manifest(int padding, List<String> transforms) {
        IndexBackup padded = new IndexBackup("i", "s", "x".repeat(padding), 0, List.of());
        DatabaseBackup database = DatabaseBackup.of(
                "db", List.of(new SetBackup("s", Encoding.BINARY, Encoding.BINARY)), List.of(padded), null);
        return new Manifest(
                BackupKind.FULL,
                "backups/db/2026-11-20T12:00:00.000Z.cbor",
                "cbor",
                transforms,
                ArchiveShape.DATABASE,
                new BackupMetadata(Instant.parse("2026-11-20T12:00:00Z"), "1.0.0", 1, 1, 1),
                DIGEST,
                DIGEST,
                List.of(new DatabaseContents(database, Map.of("s", 1L))));
    }

    @Test
    void plain() throws IOException {
        int room = Limits.MANIFEST_BYTES - ManifestJson.encode(manifest(0, List.of())).length;
        byte[] longest = ManifestJson.encode(manifest(room, List.of()));
        assertThat(longest.length).isEqualTo(Limits.MANIFEST_BYTES);
        assertThat(ManifestJson.decode(longest, "longest").equals(manifest(room, List.of())))
                .isTrue();
        assertThatThrownBy(() -> ManifestJson.encode(manifest(room + 1, List.of())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("backups/db/2026-11-20T12:00:00.000Z.cbor would have 67108865 bytes");
    }

    private static byte[] seal(Manifest manifest) throws IOException {
        return SealedManifestJson.encode(manifest, KEY, WRAPPED, new SecureRandom());
    }

    /** JSON parsers have limits of their own, of 20,000,000 characters for a string. */
    @Test
    void sealedIsOneLongString() throws IOException {
        Manifest large = manifest(15_100_000, List.of("enc"));
        SealedManifest read = (SealedManifest) ManifestJson.decode(seal(large), "large");
        assertThat(read.open(KEY, "large").equals(large)).isTrue();
    }

    /** Base64 goes by threes, so the longest that is possible may be a little shorter than the limit. */
    @Test
    @Tag("soak")
    void sealed() throws IOException {
        List<String> enc = List.of("enc");
        int room = (Limits.MANIFEST_BYTES - seal(manifest(0, enc)).length) / 4 * 3;
        byte[] longest = seal(manifest(room, enc));
        assertThat(longest.length).isBetween(Limits.MANIFEST_BYTES - 8, Limits.MANIFEST_BYTES);
        SealedManifest read = (SealedManifest) ManifestJson.decode(longest, "longest");
        assertThat(read.open(KEY, "longest").equals(manifest(room, enc))).isTrue();
        assertThatThrownBy(() -> seal(manifest(room + 9, enc)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("at most 67108864 can be read again");
    }

    @Test
    void farTooManySetsAreRefusedBeforeTheyAreScanned() throws IOException {
        Map<String, SetBackup> million = new AbstractMap<>() {
            @Override
            public java.util.Set<Entry<String, SetBackup>> entrySet() {
                SetBackup same = new SetBackup("s", Encoding.BINARY, Encoding.BINARY);
                return IntStream.range(0, 1_000_000)
                        .mapToObj(i -> Map.entry("set-number-" + i, same))
                        .collect(java.util.stream.Collectors.toSet());
            }
        };
        DatabaseBackup header = new DatabaseBackup("many", million, Map.of(), null);
        assertThatThrownBy(() -> ManifestJson.requireDescribable(List.of(header), "backups/many/x"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("fewer sets");
        ManifestJson.requireDescribable(
                List.of(manifest(1, List.of()).databases().get(0).header()), "backups/db/x");
    }
}

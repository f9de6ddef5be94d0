package io.kvbackup.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import io.kvbackup.encryption.WrappedKey;
import io.kvbackup.fuzz.FuzzContract;
import io.kvbackup.fuzz.FuzzTarget;
import io.kvbackup.fuzz.FuzzTarget.Mutator;
import io.kvbackup.fuzz.Mutations;
import io.kvbackup.model.AuthBackup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.IndexBackup;
import io.kvbackup.model.SetBackup;
import io.kvbackup.pipeline.DataKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Manifests, leases, history lines and archives of every format. */
class FormatFuzzTest extends FuzzContract {
    private static final Set<Class<? extends Exception>> CORRUPT = Set.of(CorruptBackupException.class);
    private static final StreamDigest DIGEST = new StreamDigest(100, "0123456789abcdef".repeat(4));
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final DataKey KEY = DataKey.of(new byte[DataKey.BYTES]);
    private static final WrappedKey WRAPPED = new WrappedKey("k", "test", Map.of("a", "b"), new byte[] {1, 2, 3});
    private static final String NAME = "backups/orders/2026-11-20T12:00:00.000Z.cbor";

    @Override
    protected List<FuzzTarget> targets() throws IOException {
        List<FuzzTarget> targets = new ArrayList<>(List.of(
                target(
                        "manifest",
                        List.of(ManifestJson.encode(manifest(List.of("zst")))),
                        Mutations.json().then((bad, random) -> reseal(bad)).or(Mutations.bytes()),
                        bytes -> ManifestJson.decode(bytes, "manifest")),
                target(
                        "sealed manifest",
                        List.of(sealed()),
                        Mutations.json().then((bad, random) -> reseal(bad)).or(Mutations.bytes()),
                        FormatFuzzTest::open),
                target(
                        "inside of a sealed manifest",
                        List.of(confidential()),
                        Mutations.json().or(Mutations.bytes()),
                        bytes -> open(sealed(bytes))),
                target(
                        "manifest of a tree",
                        List.of(ManifestJson.encode(TreeManifestTest.tree("zst")), TreeManifestTest.sealed()),
                        Mutations.json().then((bad, random) -> reseal(bad)).or(Mutations.bytes()),
                        bytes -> ManifestJson.decode(bytes, "manifest")),
                target(
                        "tree document",
                        List.of(
                                TreeDocumentJson.encode(TreeDocumentJsonTest.one(), "one"),
                                TreeDocumentJson.encode(TreeDocumentJsonTest.several(), "several")),
                        Mutations.json().or(Mutations.bytes()),
                        bytes -> TreeDocumentJson.decode(bytes, "document")),
                target(
                        "lease",
                        List.of(LeaseJson.encode(new LeaseRecord(
                                "n", 3, Optional.of("me"), Duration.ofSeconds(9), 2, NOW, Map.of("a", "b")))),
                        Mutations.json().or(Mutations.bytes()),
                        bytes -> LeaseJson.decode(bytes, "lease")),
                target(
                        "line",
                        List.of(JsonLine.encode(Map.of("a", 1L, "b", "c", "d", List.of("e", "f")))
                                .getBytes(UTF_8)),
                        Mutations.json().or(Mutations.bytes()),
                        bytes -> JsonLine.decode(bytes, "line"))));
        for (String format : ArchiveFormats.names()) {
            targets.add(archive(format));
        }
        return targets;
    }

    private static FuzzTarget target(String name, List<byte[]> corpus, Mutator mutator, FuzzTarget.Reader reader) {
        return new FuzzTarget(name, corpus, mutator, reader, CORRUPT);
    }

    private static Manifest manifest(List<String> transforms) {
        DatabaseBackup header = DatabaseBackup.of(
                "orders",
                List.of(
                        new SetBackup("items", Encoding.TEXT, Encoding.JSON),
                        new SetBackup("ünï", Encoding.BINARY, Encoding.BINARY)),
                List.of(new IndexBackup("by-price", "items", "price", 1, List.of("price", "name"))),
                new AuthBackup("admin", "secret", true));
        return new Manifest(
                BackupKind.FULL,
                NAME,
                "cbor",
                transforms,
                ArchiveShape.DATABASE,
                new BackupMetadata(NOW, "1.0.0", 1, 2, 12),
                DIGEST,
                DIGEST,
                List.of(new DatabaseContents(header, Map.of("items", 10L, "ünï", 2L))));
    }

    /** Puts a right seal behind whatever it is. */
    private static byte[] reseal(byte[] manifest) {
        String text = new String(manifest, UTF_8);
        int seal = text.lastIndexOf(",\"manifestSha256\"");
        return ManifestSeal.seal(seal < 0 ? text : text.substring(0, seal));
    }

    private static byte[] sealed() throws IOException {
        return SealedManifestJson.encode(manifest(List.of("enc")), KEY, WRAPPED, new SecureRandom());
    }

    private static byte[] confidential() {
        var json = ManifestJson.newObject();
        ManifestFields.putSummary(json, manifest(List.of("enc")));
        ManifestFields.putPlainAndDatabases(json, manifest(List.of("enc")));
        return json.toString().getBytes(UTF_8);
    }

    private static byte[] sealed(byte[] confidential) throws IOException {
        String whole = new String(sealed(), UTF_8);
        String open = whole.substring(0, whole.indexOf(",\"sealed\":\""));
        byte[] inside = Sealing.seal(confidential, open.getBytes(UTF_8), NAME, KEY, new SecureRandom());
        return ManifestSeal.seal(
                open + ",\"sealed\":\"" + java.util.Base64.getEncoder().encodeToString(inside) + '"');
    }

    private static void open(byte[] bytes) throws IOException {
        if (ManifestJson.decode(bytes, "manifest") instanceof SealedManifest manifest) {
            manifest.open(KEY, "manifest");
        }
    }

    static List<byte[]> archives(String format) throws IOException {
        Random random = new Random(5);
        List<byte[]> archives = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            DatabaseBackup one = RandomDatabases.database("one", random);
            archives.add(i % 2 == 0 ? Archives.write(format, one) : Archives.writeFull(format, List.of(one)));
        }
        return archives;
    }

    private static Mutator grammar(String format) {
        return switch (format) {
            case "json" -> Mutations.json();
            case "cbor" -> Mutations.tree(new CBORMapper());
            case "tar" -> FormatFuzzTest::tarHeader;
            default -> Mutations.numbers();
        };
    }

    private static FuzzTarget archive(String format) throws IOException {
        Mutator mutator = grammar(format).or(Mutations.bytes()).or(Mutations.numbers());
        return target(format, archives(format), mutator, bytes -> {
            for (Fidelity fidelity : Fidelity.values()) {
                Room room = fidelity == Fidelity.COMPACT ? Room.ofHeap(64 << 20) : Room.UNLIMITED;
                ArchiveFormats.named(format)
                        .read(new ByteArrayInputStream(bytes), fidelity, room, new ArchiveCollector());
            }
        });
    }

    /** Changes a field of a header and mends its checksum. */
    private static byte[] tarHeader(byte[] good, Random random) {
        byte[] bad = good.clone();
        int[] starts = {0, 100, 108, 116, 124, 136, 156, 157, 257, 263, 329, 345};
        int block = random.nextInt(Math.max(1, bad.length / 512)) * 512;
        int at = block + starts[random.nextInt(starts.length)];
        byte[] fill = {0, '7', ' ', '/', '.', '%', (byte) 0x80, (byte) 0xFF, '-', 'x', 'g', 'L', 'K', 'S', '5', '1', '2'
        };
        int length = random.nextBoolean() ? 1 : 12;
        for (int i = 0; i < length && at + i < block + 512; i++) {
            bad[at + i] = fill[random.nextInt(fill.length)];
        }
        Arrays.fill(bad, block + 148, block + 156, (byte) ' ');
        int sum = 0;
        for (int i = 0; i < 512; i++) {
            sum += bad[block + i] & 0xFF;
        }
        byte[] digits = String.format("%06o\0 ", sum).getBytes(UTF_8);
        System.arraycopy(digits, 0, bad, block + 148, 8);
        return bad;
    }
}

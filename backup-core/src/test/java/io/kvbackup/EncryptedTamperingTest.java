package io.kvbackup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.kvbackup.encryption.EncryptionKeyException;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.model.CorruptBackupException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Trap T8: whoever can write to the store, and knows everything about the format but the key, gets nothing restored
 * that was not backed up under that name.
 */
class EncryptedTamperingTest {
    private static final int CASES = 1_000;
    private static final int SEGMENT = 64 * 1024;

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final EncryptedHost host = new EncryptedHost();
    private final EncryptionKeys keys = EncryptedHost.raw("k1");
    private BackupManager manager;
    private String first;
    private String second;
    private Map<String, String> live;

    @BeforeEach
    void twoBackupsOfSeveralSegments() throws IOException {
        byte[] bytes = new byte[1000];
        for (int i = 0; i < 150; i++) {
            random.nextBytes(bytes);
            host.live.put("key-" + i, '"' + HexFormat.of().formatHex(bytes) + '"');
        }
        manager = host.builder(keys).format("cbor.enc").build();
        first = manager.backupDatabase("orders").objectName();
        host.live.put("key-0", "\"changed\"");
        second = manager.backupDatabase("orders").objectName();
        host.live.put("key-0", "\"changed since\"");
        live = host.state();
        assertThat(host.read(first)).hasSizeGreaterThan(4 * SEGMENT);
    }

    @AfterEach
    void close() throws IOException {
        manager.close();
    }

    @Test
    void aThousandCasesAreRefused() throws Exception {
        byte[] archive = host.read(first);
        byte[] manifest = host.read(EncryptedHost.manifest(first));
        for (int i = 0; i < CASES; i++) {
            boolean ofManifest = i % 2 == 0;
            String key = ofManifest ? EncryptedHost.manifest(first) : first;
            byte[] good = ofManifest ? manifest : archive;
            byte[] bad;
            do {
                bad = ofManifest ? tamperManifest(good) : tamperArchive(good);
            } while (Arrays.equals(good, bad));
            host.write(key, bad);
            refused(first, "case " + i + " of seed " + seed + ", " + key);
            host.write(key, good);
        }
        manager.restoreDatabase(first);
    }

    private void refused(String name, String what) {
        try {
            manager.restoreDatabase(name);
            fail("was restored: " + what);
        } catch (CorruptBackupException | EncryptionKeyException e) {
            assertThat(e).as(what).hasMessageContaining(name);
        } catch (IOException | RuntimeException e) {
            fail(what, e);
        }
        assertThat(host.state()).as(what).isEqualTo(live);
    }

    private byte[] tamperArchive(byte[] good) {
        byte[] bad = good.clone();
        switch (random.nextInt(5)) {
            case 0 -> bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bad = Arrays.copyOf(bad, random.nextInt(bad.length));
            case 2 -> bad = swapSegments(bad);
            case 3 -> bad = Arrays.copyOf(bad, SEGMENT * (1 + random.nextInt(3)));
            default -> bad = duplicateSegment(bad);
        }
        return bad;
    }

    private byte[] swapSegments(byte[] bytes) {
        int a = 1 + random.nextInt(2);
        byte[] swapped = bytes.clone();
        System.arraycopy(bytes, a * SEGMENT, swapped, (a + 1) * SEGMENT, SEGMENT);
        System.arraycopy(bytes, (a + 1) * SEGMENT, swapped, a * SEGMENT, SEGMENT);
        return swapped;
    }

    private byte[] duplicateSegment(byte[] bytes) {
        int at = SEGMENT * (1 + random.nextInt(3));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, at + SEGMENT);
        out.write(bytes, at, bytes.length - at);
        return out.toByteArray();
    }

    /** Half of the manifests are sealed again, as an attacker would do it: the digest in them keeps nobody out. */
    private byte[] tamperManifest(byte[] good) throws Exception {
        byte[] bad = good.clone();
        if (random.nextInt(4) == 0) {
            bad = Arrays.copyOf(bad, random.nextInt(bad.length));
        } else {
            bad[random.nextInt(bad.length - 85)] ^= (byte) (1 << random.nextInt(7));
        }
        return random.nextBoolean() ? bad : sealAgain(new String(bad, UTF_8));
    }

    private static byte[] sealAgain(String manifest) throws Exception {
        int seal = manifest.indexOf(",\"manifestSha256\"");
        String body = seal < 0 ? manifest : manifest.substring(0, seal);
        String digest =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body.getBytes(UTF_8)));
        return (body + ",\"manifestSha256\":\"" + digest + "\"}").getBytes(UTF_8);
    }

    @Test
    void anObjectInPlaceOfAnotherIsRefused() throws Exception {
        byte[] archive = host.read(first);
        byte[] manifest = host.read(EncryptedHost.manifest(first));

        host.write(first, host.read(second));
        refused(first, "another backup's archive");
        host.write(EncryptedHost.manifest(first), host.read(EncryptedHost.manifest(second)));
        refused(first, "another backup's archive and manifest");
        host.write(first, archive);
        refused(first, "another backup's manifest");

        String renamed = new String(host.read(EncryptedHost.manifest(second)), UTF_8).replace(second, first);
        host.write(first, host.read(second));
        host.write(EncryptedHost.manifest(first), sealAgain(renamed));
        refused(first, "another backup, renamed in its manifest and sealed again");

        host.write(first, archive);
        host.write(EncryptedHost.manifest(first), sealAgain(withField(manifest, "key", second)));
        refused(first, "another backup's wrapped key");
        host.write(EncryptedHost.manifest(first), sealAgain(withField(manifest, "stored", second)));
        refused(first, "another backup's size and digest");
    }

    private String withField(byte[] manifest, String field, String from) throws IOException {
        String other = new String(host.read(EncryptedHost.manifest(from)), UTF_8);
        return new String(manifest, UTF_8).replace(field(new String(manifest, UTF_8), field), field(other, field));
    }

    private static String field(String manifest, String name) {
        int start = manifest.indexOf("\"" + name + "\":{");
        String end = name.equals("key") ? "\"}" : "}";
        return manifest.substring(start, manifest.indexOf(end, start) + end.length());
    }

    @Test
    void anArchiveThatIsMovedIsRefused() throws Exception {
        String elsewhere = "backups/orders/2027-01-01T00:00:00.000Z.cbor.enc";
        host.write(elsewhere, host.read(first));
        refused(elsewhere, "without manifest");
        host.write(EncryptedHost.manifest(elsewhere), host.read(EncryptedHost.manifest(first)));
        refused(elsewhere, "with its manifest");
    }

    @Test
    void aManifestThatIsStrippedOfItsEncryptionIsRefused() throws Exception {
        String plain;
        try (BackupManager other = host.builder(null).format("cbor").build()) {
            plain = other.backupDatabase("orders").objectName();
        }
        String stripped = new String(host.read(EncryptedHost.manifest(plain)), UTF_8)
                .replace(plain, first)
                .replace("\"transforms\":[]", "\"transforms\":[\"enc\"]");
        host.write(EncryptedHost.manifest(first), sealAgain(stripped));
        refused(first, "version 1 manifest for an encrypted archive");
        host.storage.delete(List.of(EncryptedHost.manifest(first)));
        refused(first, "no manifest");
    }
}

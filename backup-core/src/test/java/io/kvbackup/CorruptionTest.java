package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.model.Backup;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever happens to the bytes in the store, a restore gives back what was backed up or nothing at all. */
class CorruptionTest {
    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final MemoryStorageClient storage = new MemoryStorageClient();
    private final ConcurrentNavigableMap<String, String> live = new ConcurrentSkipListMap<>();

    private static List<String> formats() {
        return List.of(
                "cbor", "cbor.zst", "cbor.gz", "json", "json.gz", "json.bz2", "json.zst", "tar", "tar.xz", "tar.zst");
    }

    @ParameterizedTest
    @MethodSource("formats")
    void aHundredCorruptionsOfArchiveAndManifestAreRefused(String format) throws Exception {
        assertRefused(format, 100);
    }

    @ParameterizedTest
    @MethodSource("formats")
    @Tag("soak")
    void aThousandCorruptionsOfArchiveAndManifestAreRefused(String format) throws Exception {
        assertRefused(format, 1_000);
    }

    private void assertRefused(String format, int corruptions) throws Exception {
        for (int i = 0; i < 150; i++) {
            live.put("key-" + i, HexFormat.of().formatHex(bytes(random.nextInt(80))));
        }
        Map<String, String> original = Map.copyOf(live);
        try (BackupManager manager = BackupManager.builder()
                .storage(storage)
                .format(format)
                .database(MapDatabase.builder("orders")
                        .set("items", live, Codec.utf8(), Codec.utf8())
                        .build())
                .build()) {
            Backup backup = manager.backupDatabase("orders");
            live.put("key-0", "changed since");
            Map<String, String> changed = Map.copyOf(live);
            String manifest = backup.objectName() + ".manifest.json";
            byte[] archiveBytes = read(backup.objectName());
            byte[] manifestBytes = read(manifest);
            for (int i = 0; i < corruptions; i++) {
                boolean ofManifest = i % 4 == 0;
                String key = ofManifest ? manifest : backup.objectName();
                byte[] good = ofManifest ? manifestBytes : archiveBytes;
                Corruption corruption = Corruption.values()[random.nextInt(Corruption.values().length)];
                write(key, corruption.apply(good, random));
                String what = "%s of %s, corruption %d, seed %d".formatted(corruption, key, i, seed);
                try {
                    manager.restoreDatabase(backup.objectName());
                    assertThat(live).as(what).isEqualTo(original);
                    live.put("key-0", "changed since");
                } catch (CorruptBackupException e) {
                    assertThat(live).as(what).isEqualTo(changed);
                    assertThat(e).as(what).hasMessageContaining("orders");
                } catch (IOException | RuntimeException | Error e) {
                    fail(what, e);
                }
                write(key, good);
            }
            manager.restoreDatabase(backup.objectName());
            assertThat(live).isEqualTo(original);
        }
    }

    /** What disks, networks and people do to files. */
    private enum Corruption {
        FLIPPED_BIT {
            @Override
            void damage(byte[] bytes, int from, int to, Random random) {
                bytes[from] ^= (byte) (1 << random.nextInt(8));
            }
        },
        ZEROED_BLOCK {
            @Override
            void damage(byte[] bytes, int from, int to, Random random) {
                java.util.Arrays.fill(bytes, from, to, (byte) 0);
            }
        },
        SWAPPED_BLOCKS {
            @Override
            void damage(byte[] bytes, int from, int to, Random random) {
                int length = Math.min(to - from, bytes.length - to);
                for (int i = 0; i < length; i++) {
                    byte kept = bytes[from + i];
                    bytes[from + i] = bytes[to + i];
                    bytes[to + i] = kept;
                }
            }
        },
        TRUNCATION {
            @Override
            byte[] apply(byte[] good, Random random) {
                return java.util.Arrays.copyOf(good, random.nextInt(good.length));
            }
        },
        DUPLICATED_BLOCK {
            @Override
            byte[] apply(byte[] good, Random random) {
                int from = random.nextInt(good.length);
                int to = from + 1 + random.nextInt(good.length - from);
                byte[] bad = java.util.Arrays.copyOf(good, good.length + to - from);
                System.arraycopy(good, from, bad, to, good.length - from);
                return bad;
            }
        };

        byte[] apply(byte[] good, Random random) {
            byte[] bad = good.clone();
            int from = random.nextInt(bad.length);
            damage(bad, from, from + 1 + random.nextInt(bad.length - from), random);
            return bad;
        }

        void damage(byte[] bytes, int from, int to, Random random) {
            throw new AssertionError("overridden where it is called");
        }
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] read(String key) throws IOException {
        try (InputStream in = storage.download(key, ByteRange.all())) {
            return in.readAllBytes();
        }
    }

    private void write(String key, byte[] bytes) throws IOException {
        storage.upload(key, ContentWriter.of(bytes), PutCondition.none());
    }
}

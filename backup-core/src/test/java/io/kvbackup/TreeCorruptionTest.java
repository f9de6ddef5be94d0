package io.kvbackup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.format.tree.PackId;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.repository.BackupName;
import io.kvbackup.repository.StoredBackup;
import io.kvbackup.repository.tree.PackParts;
import io.kvbackup.repository.tree.TreeStore;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.verify.VerifyOptions;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whatever byte is damaged, a verification says so, and a restore changes nothing unless it has all that was stored.
 */
class TreeCorruptionTest {
    private final MemoryStorageClient storage = new MemoryStorageClient();
    private final ConcurrentSkipListMap<String, String> live = new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListMap<String, String> stored = new ConcurrentSkipListMap<>();

    @ParameterizedTest
    @CsvSource({
        "HEADER",
        "CHUNK_FRAME_HEAD",
        "CHUNKS",
        "NODE_FRAME_HEAD",
        "NODES",
        "FOOTER",
        "TRAILER",
        "DOCUMENT",
        "MANIFEST"
    })
    void damageIsFound(String part) throws IOException {
        run(part, 25);
    }

    @Tag("soak")
    @ParameterizedTest
    @CsvSource({
        "HEADER",
        "CHUNK_FRAME_HEAD",
        "CHUNKS",
        "NODE_FRAME_HEAD",
        "NODES",
        "FOOTER",
        "TRAILER",
        "DOCUMENT",
        "MANIFEST"
    })
    void damageIsFoundAThousandTimes(String part) throws IOException {
        run(part, 500);
    }

    private void run(String part, int rounds) throws IOException {
        for (EncryptionKeys keys : new EncryptionKeys[] {null, EncryptionKeys.ofRaw("k", new byte[32])}) {
            long seed = new Random().nextLong();
            Random random = new Random(seed);
            TreeStore store = new TreeStore(storage, keys, 8_000, 1024);
            NavigableMap<byte[], byte[]> entries = TreeStore.entries();
            stored.clear();
            for (int i = 0; i < 600; i++) {
                String value = "value " + random.nextLong();
                entries.put(String.format("%05d", i).getBytes(UTF_8), value.getBytes(UTF_8));
                stored.put(String.format("%05d", i), value);
            }
            StoredBackup backup = store.write("shop", Map.of("orders", entries));
            Collection<PackId> packs = List.copyOf(store.packs());
            BackupManagerBuilder builder = BackupManager.builder()
                    .storage(storage)
                    .database(MapDatabase.builder("shop")
                            .set("orders", live, Codec.utf8(), Codec.utf8())
                            .build());
            try (BackupManager manager = (keys == null ? builder : builder.encryption(keys)).build()) {
                for (int round = 0; round < rounds; round++) {
                    damageOnce(part, manager, packs, backup, random, "seed " + seed + ", round " + round);
                }
            }
            try (var objects = storage.list("")) {
                storage.delete(objects.map(object -> object.key()).toList());
            }
        }
    }

    private void damageOnce(
            String part,
            BackupManager manager,
            Collection<PackId> backupPacks,
            StoredBackup backup,
            Random random,
            String where)
            throws IOException {
        String name = backup.name().objectName();
        String key = name;
        int at = -1;
        if (part.equals("MANIFEST")) {
            key = BackupName.manifestName(name);
        } else if (!part.equals("DOCUMENT")) {
            PackParts.Part wanted = PackParts.Part.valueOf(part);
            List<PackId> packs = new ArrayList<>(backupPacks);
            Collections.shuffle(packs, random);
            for (PackId pack : packs) {
                PackParts parts = new PackParts(storage, backup, pack);
                if (parts.has(wanted)) {
                    key = TreeStore.objectName("shop", pack);
                    at = parts.any(wanted, random);
                }
            }
            assertThat(at).isNotNegative();
        }
        byte[] good = bytes(key);
        byte[] bad = good.clone();
        bad[at < 0 ? random.nextInt(bad.length) : at] ^= (byte) (1 << random.nextInt(8));
        put(key, bad);
        try {
            manager.verify(
                    name,
                    VerifyOptions.builder()
                            .level(VerifyLevel.DIGEST)
                            .remember(false)
                            .build());
            fail(where + ": damage at " + at + " of " + key + " was not found");
        } catch (CorruptBackupException e) {
            assertThat(e).hasMessageContaining(name.substring(name.lastIndexOf('/') + 1, name.lastIndexOf(".tree")));
        } catch (IOException e) {
            // The key's name in a manifest is not authenticated before the key is found.
            assertThat(part).as(where + ": " + e).isEqualTo("MANIFEST");
        }
        live.clear();
        live.put("kept", "x");
        try {
            manager.restoreDatabase(name);
            assertThat(live).as(where).isEqualTo(stored);
        } catch (IOException e) {
            assertThat(live).as(where).containsOnlyKeys("kept");
        }
        put(key, good);
    }

    private byte[] bytes(String key) throws IOException {
        try (InputStream in = storage.download(key, ByteRange.all())) {
            return in.readAllBytes();
        }
    }

    private void put(String key, byte[] bytes) throws IOException {
        storage.upload(key, ContentWriter.of(bytes), PutCondition.none());
    }
}

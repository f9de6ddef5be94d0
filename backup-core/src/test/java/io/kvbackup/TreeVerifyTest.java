package io.kvbackup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.format.tree.PackId;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.repository.tree.RequestLog;
import io.kvbackup.repository.tree.TreeStore;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.verify.VerifyDueOptions;
import io.kvbackup.verify.VerifyDueReport;
import io.kvbackup.verify.VerifyOptions;
import io.kvbackup.verify.VerifyReport;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TreeVerifyTest {
    private static final int COUNT = 5_000;

    private final MemoryStorageClient memory = new MemoryStorageClient();
    private final RequestLog storage = new RequestLog(memory);
    private final ConcurrentSkipListMap<String, String> live = new ConcurrentSkipListMap<>();
    private final NavigableMap<byte[], byte[]> orders = TreeStore.entries();

    private BackupManager manager(@Nullable EncryptionKeys keys) throws IOException {
        BackupManagerBuilder builder = BackupManager.builder()
                .storage(storage)
                .database(MapDatabase.builder("shop")
                        .set("orders", live, Codec.utf8(), Codec.utf8())
                        .build());
        return (keys == null ? builder : builder.encryption(keys)).build();
    }

    private void fill() {
        for (int i = 0; i < COUNT; i++) {
            orders.put(String.format("%06d", i).getBytes(UTF_8), ("value " + i * 31L).getBytes(UTF_8));
        }
    }

    private String take(TreeStore store) throws IOException {
        return store.write("shop", Map.of("orders", orders)).name().objectName();
    }

    private byte[] bytes(String key) throws IOException {
        try (InputStream in = memory.download(key, ByteRange.all())) {
            return in.readAllBytes();
        }
    }

    private void flip(String key, int at) throws IOException {
        byte[] bytes = bytes(key);
        bytes[at] ^= 4;
        memory.upload(key, ContentWriter.of(bytes), PutCondition.none());
    }

    private List<String> keys(String prefix) throws IOException {
        try (Stream<StorageObject> objects = memory.list(prefix)) {
            return objects.map(StorageObject::key).toList();
        }
    }

    @Test
    void aGoodTreePassesEveryLevelAndRestores() throws IOException {
        fill();
        for (EncryptionKeys keys : new EncryptionKeys[] {null, EncryptionKeys.ofRaw("k", new byte[32])}) {
            String backup = take(new TreeStore(memory, keys, 30_000, 1024));
            try (BackupManager manager = manager(keys)) {
                for (VerifyLevel level : VerifyLevel.values()) {
                    assertThat(manager.verify(backup, level).result().passed()).isTrue();
                }
                assertThat(manager.verify(backup, VerifyLevel.STORED).checks())
                        .contains(VerifyReport.Check.PACKS_PRESENT, VerifyReport.Check.STORED_DIGESTS);
                assertThat(manager.describe(backup).kind()).isEqualTo(BackupKind.INCREMENTAL);
                live.put("stale", "x");
                manager.restoreDatabase(backup);
                assertThat(live).hasSize(COUNT).containsEntry("000100", "value 3100");
                assertThat(manager.load(backup)
                                .databases()
                                .get("shop")
                                .sets()
                                .get("orders")
                                .data())
                        .hasSize(COUNT);
            }
            memory.delete(keys(""));
        }
    }

    @Test
    void storedNeedsNoKey() throws IOException {
        fill();
        String backup = take(new TreeStore(memory, EncryptionKeys.ofRaw("k", new byte[32]), 30_000, 1024));
        try (BackupManager manager = manager(null)) {
            assertThat(manager.verify(backup, VerifyLevel.LISTED).result().passed())
                    .isTrue();
            assertThat(manager.verify(backup, VerifyLevel.STORED).result().passed())
                    .isTrue();
            flip(keys("packs/").get(0), 200);
            assertThatThrownBy(() -> manager.verify(backup, VerifyLevel.STORED))
                    .isInstanceOf(CorruptBackupException.class);
        }
    }

    @Test
    void aMissingPackIsFoundByTheListing() throws IOException {
        fill();
        String backup = take(new TreeStore(memory, null, 30_000, 1024));
        String pack = keys("packs/").get(1);
        memory.delete(List.of(pack));
        try (BackupManager manager = manager(null)) {
            assertThatThrownBy(() -> manager.verify(backup, VerifyLevel.LISTED))
                    .isInstanceOf(CorruptBackupException.class)
                    .hasMessageContaining(pack + " is gone");
            assertThat(manager.listBackups().get(0).marks().isDamaged()).isTrue();
        }
    }

    @Test
    void aDamagedPackIsMarked() throws IOException {
        fill();
        for (VerifyLevel level : List.of(VerifyLevel.STORED, VerifyLevel.DIGEST, VerifyLevel.DRILL)) {
            String backup = take(new TreeStore(memory, null, 30_000, 1024));
            String pack = keys("packs/").get(2);
            flip(pack, 300);
            try (BackupManager manager = manager(null)) {
                VerifyOptions only =
                        VerifyOptions.builder().level(level).remember(false).build();
                assertThatThrownBy(() -> manager.verify(backup, only)).isInstanceOf(CorruptBackupException.class);
                assertThat(keys("packs/")).noneMatch(key -> key.contains(".failed."));
                assertThatThrownBy(() -> manager.verify(backup, level)).isInstanceOf(CorruptBackupException.class);
                assertThat(keys("packs/").stream().filter(key -> key.contains(".failed.")))
                        .singleElement()
                        .asString()
                        .startsWith(pack + ".failed.");
                live.put("kept", "x");
                assertThatThrownBy(() -> manager.restoreDatabase(backup)).isInstanceOf(CorruptBackupException.class);
                assertThat(live).containsOnlyKeys("kept");
            }
            memory.delete(keys(""));
        }
    }

    @Test
    void aRunReadsAPackOfSeveralBackupsOnce() throws IOException {
        fill();
        TreeStore store = new TreeStore(memory, null, 1 << 20, 1024);
        take(store);
        take(store);
        orders.put("zz".getBytes(UTF_8), "z".getBytes(UTF_8));
        take(store);
        PackId first = store.packs().stream()
                .min(java.util.Comparator.comparingLong(PackId::millis))
                .orElseThrow();
        try (BackupManager manager = manager(null)) {
            storage.reset();
            VerifyDueReport report = manager.verifyDue(
                    VerifyDueOptions.builder().level(VerifyLevel.STORED).build());
            assertThat(report.passed()).hasSize(3);
        }
        String name = TreeStore.objectName("shop", first);
        assertThat(storage.requests().stream().filter(request -> request.startsWith("get " + name)))
                .hasSize(1);
    }
}

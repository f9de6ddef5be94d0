package io.kvbackup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.copy.CopyReport;
import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.model.Backup;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.repository.tree.RequestLog;
import io.kvbackup.repository.tree.TreeStore;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PrefixedStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.fake.CountingStorageClient;
import io.kvbackup.storage.retry.RetryPolicy;
import io.kvbackup.verify.VerifyDueOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A copy of a tree is there whole, or not at all, and takes only the packs that are missing. */
class TreeCopyTest {
    private final MemoryStorageClient source = new MemoryStorageClient();
    private final MemoryStorageClient target = new MemoryStorageClient();
    private final ConcurrentSkipListMap<String, String> live = new ConcurrentSkipListMap<>();
    private final NavigableMap<byte[], byte[]> orders = TreeStore.entries();
    private final TreeStore store = new TreeStore(source, null, 20_000, 1024);

    private BackupManager manager(StorageClient storage) throws IOException {
        return BackupManager.builder()
                .storage(storage)
                .retryPolicy(RetryPolicy.defaults().withAttempts(1))
                .database(MapDatabase.builder("shop")
                        .set("orders", live, Codec.utf8(), Codec.utf8())
                        .build())
                .build();
    }

    private String take(int from) throws IOException {
        for (int i = from; i < from + 2_000; i++) {
            orders.put(String.format("%06d", i).getBytes(UTF_8), ("value " + i * 31L).getBytes(UTF_8));
        }
        return store.write("shop", Map.of("orders", orders)).name().objectName();
    }

    private static List<String> keys(StorageClient storage, String prefix) throws IOException {
        try (Stream<StorageObject> objects = storage.list(prefix)) {
            return objects.map(StorageObject::key).toList();
        }
    }

    private static byte[] bytes(StorageClient storage, String key) throws IOException {
        try (InputStream in = storage.download(key, ByteRange.all())) {
            return in.readAllBytes();
        }
    }

    private void assertComplete(String backup, StorageClient storage) throws IOException {
        try (BackupManager there = manager(storage)) {
            assertThat(there.verify(backup, VerifyLevel.STORED).result().passed())
                    .isTrue();
            live.clear();
            there.restoreDatabase(backup);
            assertThat(live).hasSize(orders.size());
        }
    }

    @Test
    void onlyMissingPacksAreCopied() throws IOException {
        String first = take(0);
        RequestLog log = new RequestLog(target);
        try (BackupManager here = manager(source)) {
            assertThat(here.copyBackup(first, log).way()).isEqualTo(CopyReport.Way.THROUGH_THIS_PROCESS);
            assertThat(keys(target, "packs/")).isEqualTo(keys(source, "packs/"));
            String second = take(2_000);
            log.reset();
            here.copyBackup(second, log);
            assertThat(keys(target, "packs/")).isEqualTo(keys(source, "packs/"));
            // What was there before is not even read back.
            List<String> before = store.packs().stream()
                    .filter(pack -> pack.random() == 1)
                    .map(pack -> TreeStore.objectName("shop", pack))
                    .toList();
            assertThat(before).hasSize(1);
            assertThat(log.requests()).noneMatch(request -> request.startsWith("get " + before.get(0)));
            assertComplete(second, target);
            log.reset();
            assertThat(here.copyBackup(second, log).way()).isEqualTo(CopyReport.Way.WAS_THERE);
            assertThat(log.requests()).noneMatch(request -> request.startsWith("get packs/"));
        }
    }

    @Test
    void partsOfOneStoreCopyByThemselves() throws IOException {
        MemoryStorageClient whole = new MemoryStorageClient();
        StorageClient from = new PrefixedStorageClient(whole, "a/");
        StorageClient to = new PrefixedStorageClient(whole, "b/");
        TreeStore inside = new TreeStore(from, null, 20_000, 1024);
        orders.put("k".getBytes(UTF_8), "v".getBytes(UTF_8));
        String backup = inside.write("shop", Map.of("orders", orders)).name().objectName();
        try (BackupManager here = manager(from)) {
            assertThat(here.copyBackup(backup, to).way()).isEqualTo(CopyReport.Way.INSIDE_THE_STORE);
        }
        assertComplete(backup, to);
    }

    @Test
    void aDamagedPackIsNotCopied() throws IOException {
        String backup = take(0);
        String pack = keys(source, "packs/").get(1);
        byte[] bytes = bytes(source, pack);
        bytes[100] ^= 1;
        source.upload(pack, ContentWriter.of(bytes), PutCondition.none());
        try (BackupManager here = manager(source)) {
            assertThatThrownBy(() -> here.copyBackup(backup, target))
                    .isInstanceOf(CorruptBackupException.class)
                    .hasMessageContaining(pack);
        }
        assertThat(keys(target, "backups/")).isEmpty();
        assertThat(keys(target, "packs/")).doesNotContain(pack);
    }

    @Test
    void aPackThatIsDamagedInTheTargetComesOnceMore() throws IOException {
        String backup = take(0);
        try (BackupManager here = manager(source);
                BackupManager there = manager(target)) {
            here.copyBackup(backup, target);
            String pack = keys(target, "packs/").get(0);
            byte[] bytes = bytes(target, pack);
            bytes[100] ^= 1;
            target.upload(pack, ContentWriter.of(bytes), PutCondition.none());
            assertThatThrownBy(() -> there.verify(backup, VerifyLevel.STORED))
                    .isInstanceOf(CorruptBackupException.class);
            assertThat(keys(target, "packs/")).anyMatch(key -> key.contains(".failed."));
            here.copyBackup(backup, target);
            assertThat(keys(target, "packs/")).isEqualTo(keys(source, "packs/"));
        }
        assertComplete(backup, target);
    }

    @Test
    void aPackThatAPruneIsAboutToRemoveIsNotReliedUpon() throws IOException {
        String backup = take(0);
        try (BackupManager here = manager(source)) {
            here.copyBackup(backup, target);
            String second = take(2_000);
            String pack = keys(target, "packs/").get(0);
            target.upload(
                    pack + ".removed.2026-11-21T10:00:00.000Z", ContentWriter.of(new byte[0]), PutCondition.none());
            assertThatThrownBy(() -> here.copyBackup(second, target))
                    .hasMessageContaining("about to remove pack " + pack);
            assertThat(keys(target, "backups/")).noneMatch(key -> key.startsWith(second));
        }
    }

    @Test
    void wheneverItDiesTheNextCopyCompletesIt() throws IOException {
        String first = take(0);
        String second = take(2_000);
        CountingStorageClient counting = new CountingStorageClient(new MemoryStorageClient());
        try (BackupManager here = manager(source)) {
            here.copyBackup(first, counting);
            int before = counting.total();
            here.copyBackup(second, counting);
            int requests = counting.total() - before;
            for (int request = 1; request <= requests; request++) {
                for (CountingStorageClient.Moment moment : CountingStorageClient.Moment.values()) {
                    crash(here, first, second, request, moment);
                }
            }
        }
    }

    private void crash(
            BackupManager here, String first, String second, int request, CountingStorageClient.Moment moment)
            throws IOException {
        MemoryStorageClient disk = new MemoryStorageClient();
        here.copyBackup(first, disk);
        CountingStorageClient dying = new CountingStorageClient(disk).crashAt(request, moment);
        assertThatThrownBy(() -> here.copyBackup(second, dying))
                .as("request %s, %s", request, moment)
                .isInstanceOf(CountingStorageClient.Crash.class);
        try (BackupManager there = manager(disk)) {
            assertThat(there.verify(first, VerifyLevel.STORED).result().passed())
                    .isTrue();
            for (Backup each : there.listBackups()) {
                if (each.hasManifest()) {
                    assertThat(there.verify(each.objectName(), VerifyLevel.STORED)
                                    .result()
                                    .passed())
                            .isTrue();
                }
            }
        }
        here.copyBackup(second, disk);
        assertThat(keys(disk, "packs/")).isEqualTo(keys(source, "packs/"));
        try (BackupManager there = manager(disk)) {
            assertThat(there.verify(second, VerifyLevel.STORED).result().passed())
                    .isTrue();
        }
    }

    @Test
    void aFileOfATreeWouldBeNoBackup(@TempDir Path folder) throws IOException {
        String backup = take(0);
        Path file = folder.resolve("orders");
        try (BackupManager manager = manager(source)) {
            assertThatThrownBy(() -> manager.downloadFile(backup, file))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(backup)
                    .hasMessageContaining("convert");
            assertThat(file).doesNotExist();

            Files.write(file, bytes(source, backup));
            String name = "backups/shop/2020-01-01T00:00:00.000Z.tree.zst";
            assertThatThrownBy(() -> manager.uploadFile(name, file)).isInstanceOf(IllegalArgumentException.class);
            assertThat(keys(source, name)).isEmpty();
        }
    }

    @Test
    void aTreeThatWasNotConfirmedIsNoBackup() throws IOException {
        String backup = take(0);
        source.delete(List.of(backup + ".manifest.json"));
        try (BackupManager manager = manager(source)) {
            for (VerifyLevel level : VerifyLevel.values()) {
                assertThatThrownBy(() -> manager.verify(backup, level))
                        .as("%s", level)
                        .isInstanceOf(NoSuchFileException.class);
            }
            assertThatThrownBy(() -> manager.copyBackup(backup, target)).isInstanceOf(NoSuchFileException.class);
            assertThat(manager.verifyDue(VerifyDueOptions.builder().build()).failed())
                    .isEmpty();
            assertThat(manager.restoreLatest("shop")).isEmpty();
        }
        assertThat(keys(source, "backups/")).as("no mark").containsExactly(backup);
        assertThat(keys(target, "")).isEmpty();
    }
}

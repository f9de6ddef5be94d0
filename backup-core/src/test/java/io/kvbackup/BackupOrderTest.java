package io.kvbackup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.model.Backup;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.fake.FaultyStorageClient;
import io.kvbackup.storage.fake.StorageOperation;
import io.kvbackup.storage.file.FileStorageClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The latest backup is the one whose snapshot was opened last, and a backup is confirmed or does not stay. */
class BackupOrderTest {
    private final TestClock clock = new TestClock(Instant.parse("2026-11-20T12:00:00Z"));
    private final MemoryStorageClient storage = new MemoryStorageClient();
    private final ConcurrentMap<String, String> notes = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();

    private BackupManager manager(StorageClient store) throws IOException {
        return BackupManager.builder()
                .storage(store)
                .clock(clock)
                .database(MapDatabase.builder("orders")
                        .set("notes", notes, Codec.utf8(), Codec.utf8())
                        .lock(lock)
                        .build())
                .build();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -3600, -86400 * 400L})
    void backupsOfOneAndOfAllFollowEachOtherWhateverTheClockDoes(long seconds) throws Exception {
        for (boolean allFirst : new boolean[] {true, false}) {
            try (BackupManager manager = manager(storage)) {
                notes.put("x", "old");
                backup(manager, allFirst);
            }
            clock.advanceSeconds(seconds);
            try (BackupManager restarted = manager(storage)) {
                notes.put("x", "new");
                Backup newest = backup(restarted, !allFirst);
                notes.clear();

                assertThat(restarted.restoreLatest("orders").orElseThrow().objectName())
                        .isEqualTo(newest.objectName());
                assertThat(notes).containsEntry("x", "new");
            }
        }
    }

    private static Backup backup(BackupManager manager, boolean all) throws IOException {
        return all ? manager.backupAllDatabases() : manager.backupDatabase("orders");
    }

    @Test
    void aSlowBackupDoesNotOvertakeOneThatStartedLater() throws Exception {
        StorageClient slow = new ForwardingStorageClient(storage) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                if (key.endsWith(".zst")) {
                    clock.advanceSeconds(10);
                    notes.put("x", "newer");
                    try (BackupManager other = manager(storage)) {
                        other.backupDatabase("orders");
                    }
                }
                return super.upload(key, content, condition);
            }
        };
        notes.put("x", "older");
        try (BackupManager manager = BackupManager.builder()
                .storage(slow)
                .clock(clock)
                .database(MapDatabase.builder("orders")
                        .set("notes", new ConcurrentHashMap<>(notes), Codec.utf8(), Codec.utf8())
                        .build())
                .build()) {
            manager.backupDatabase("orders");
        }
        try (BackupManager manager = manager(storage)) {
            manager.restoreLatest("orders");
        }
        assertThat(notes).containsEntry("x", "newer");
    }

    @Test
    void anArchiveOfAllDatabasesWithoutManifestCanBeTheLatest() throws Exception {
        storage.upload(
                "backups/full/20260321-101500.json",
                ContentWriter.of(
                        ("{\"databases\":{\"orders\":{\"name\":\"orders\",\"sets\":{\"notes\":{\"name\":\"notes\","
                                        + "\"data\":{\"x\":1}}}}}}")
                                .getBytes(UTF_8)),
                PutCondition.none());
        try (BackupManager manager = manager(storage)) {
            assertThat(manager.restoreLatest("orders")).isPresent();
        }
        assertThat(notes).containsEntry("x", "1");
    }

    @Test
    void theStoreIsNotAskedWhileTheHostsLockIsHeld() throws Exception {
        StorageClient watching = new ForwardingStorageClient(storage) {
            @Override
            public Stream<StorageObject> list(String prefix, String after) throws IOException {
                assertThat(lock.isLocked()).isFalse();
                return super.list(prefix, after);
            }
        };
        try (BackupManager manager = manager(watching)) {
            manager.backupDatabase("orders", BackupOptions.builder().spool(true).build());
        }
    }

    @Test
    void anUploadWhoseReplyIsLostIsStillABackup(@TempDir Path folder) throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] value = new byte[100];
        for (int i = 0; i < 20_000; i++) {
            random.nextBytes(value);
            notes.put("k" + i, HexFormat.of().formatHex(value));
        }
        try (FileStorageClient files = new FileStorageClient(folder)) {
            FaultyStorageClient faulty =
                    new FaultyStorageClient(files).next(StorageOperation.UPLOAD, FaultyStorageClient.Fault.AFTER);
            try (BackupManager manager = manager(faulty)) {
                Backup backup = manager.backupDatabase("orders");

                assertThat(manager.verify(backup.objectName()).entries())
                        .as("seed %d", seed)
                        .isEqualTo(20_000);
            }
        }
    }

    @Test
    void anArchiveThatCannotBeConfirmedIsRemoved() throws Exception {
        StorageClient noManifests = new ForwardingStorageClient(storage) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                if (key.endsWith(".manifest.json")) {
                    throw new java.nio.file.AccessDeniedException(key);
                }
                return super.upload(key, content, condition);
            }
        };
        try (BackupManager manager = manager(noManifests)) {
            assertThatThrownBy(() -> manager.backupDatabase("orders"))
                    .isInstanceOf(java.nio.file.AccessDeniedException.class);
        }
        assertThat(storage.list("backups/")).isEmpty();
    }

    @Test
    void damageNearTheStartOfALargeArchiveIsCalledDamage() throws Exception {
        damageNearTheStart(12);
    }

    @Test
    @Tag("thorough")
    void damageAnywhereNearTheStartOfALargeArchiveIsCalledDamage() throws Exception {
        damageNearTheStart(40);
    }

    private void damageNearTheStart(int rounds) throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] value = new byte[60];
        for (int i = 0; i < 12_000; i++) {
            random.nextBytes(value);
            notes.put("k" + i, HexFormat.of().formatHex(value));
        }
        try (BackupManager manager = manager(storage)) {
            for (String format : new String[] {"cbor.gz", "json.gz", "cbor.zst", "tar", "json"}) {
                Backup backup = manager.backupAllDatabases(
                        BackupOptions.builder().format(format).build());
                byte[] good;
                try (var in = storage.download(backup.objectName(), ByteRange.all())) {
                    good = in.readAllBytes();
                }
                for (int i = 0; i < rounds; i++) {
                    byte[] bad = good.clone();
                    int position = random.nextInt(300);
                    bad[position] ^= (byte) (1 << random.nextInt(8));
                    storage.upload(backup.objectName(), ContentWriter.of(bad), PutCondition.none());
                    assertThatThrownBy(
                                    () -> manager.restoreAllDatabases(backup.objectName()),
                                    "%s, byte %d, seed %d",
                                    format,
                                    position,
                                    seed)
                            .isInstanceOf(io.kvbackup.model.CorruptBackupException.class);
                }
            }
        }
    }
}

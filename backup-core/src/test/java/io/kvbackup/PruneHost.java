package io.kvbackup;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.model.Backup;
import io.kvbackup.retention.RetentionPolicy;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** A host with one small database, whose time, and whose store's time, passes as the test wants. */
final class PruneHost {
    static final Duration GRACE = Duration.ofHours(24);

    final TestClock clock = new TestClock(Instant.parse("2026-11-20T12:00:00Z"));
    final MemoryStorageClient storage = new MemoryStorageClient(clock);
    final ConcurrentMap<String, String> notes = new ConcurrentSkipListMap<>();

    BackupManager manager() throws IOException {
        return manager(storage);
    }

    BackupManager manager(StorageClient store) throws IOException {
        return BackupManager.builder()
                .storage(store)
                .createStore(true)
                .clock(clock)
                .time(() -> Duration.between(Instant.EPOCH, clock.instant()).toNanos(), this::pass)
                .gracePeriod(GRACE)
                .database(MapDatabase.builder("orders")
                        .set("notes", notes, Codec.utf8(), Codec.utf8())
                        .build())
                .build();
    }

    void pass(Duration time) {
        clock.advanceSeconds(time.toSeconds());
    }

    /** Takes a backup whose only entry tells its number, and lets an hour pass. */
    Backup backup(BackupManager manager, int number) throws IOException {
        notes.put("number", String.valueOf(number));
        Backup backup = manager.backupDatabase("orders");
        pass(Duration.ofHours(1));
        return backup;
    }

    String restored(BackupManager manager, String objectName) throws IOException {
        notes.clear();
        manager.restoreDatabase(objectName);
        return notes.get("number");
    }

    List<String> keys() throws IOException {
        try (var objects = storage.list("backups/")) {
            return objects.map(StorageObject::key).toList();
        }
    }

    static RetentionPolicy last(int count) {
        return RetentionPolicy.builder().keepLast(count).build();
    }
}

package io.kvbackup.examples.objectstore;

import io.kvbackup.BackupManager;
import io.kvbackup.RestoreOptions;
import io.kvbackup.database.directory.DirectoryDatabase;
import io.kvbackup.database.sqlite.SqliteDatabase;
import io.kvbackup.job.JobOptions;
import io.kvbackup.job.JobTask;
import io.kvbackup.job.Schedule;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.retention.RetentionPolicy;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps metadata and contents in another store, as they are at one moment, and brings them back from there. Safe for
 * use by several threads.
 */
final class Replica implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Replica.class);
    private static final int HOURS_KEPT = 72;

    private final BackupManager manager;
    private final Clock clock;
    private volatile String last = "";
    private volatile Instant lastAt = Instant.EPOCH;
    private long replicated = -1;

    private Replica(BackupManager manager, Clock clock) {
        this.manager = manager;
        this.clock = clock;
    }

    private static BackupManager open(String store, Path data, Optional<Lock> barrier) throws IOException {
        var builder = BackupManager.builder()
                .storage(store)
                .environment(System.getenv())
                .createStore(true)
                .kind(BackupKind.INCREMENTAL)
                .database(SqliteDatabase.of("metadata", ObjectStore.metadata(data), Metadata.BUCKETS, Metadata.OBJECTS))
                .database(DirectoryDatabase.of("objects", ObjectStore.contents(data)))
                .temporaryDirectory(Files.createDirectories(data.resolve("tmp")))
                .jobs(JobOptions.builder().alone(true).build());
        barrier.ifPresent(builder::barrier);
        return builder.build();
    }

    /**
     * Restores the newest replica into a folder that holds no store yet. A restore that broke off is done again: a file
     * in the folder says when one is whole.
     */
    static void restoreIfAbsent(String store, Path data) throws IOException {
        Path whole = data.resolve("whole");
        if (Files.exists(whole)) {
            return;
        }
        boolean began = Files.exists(data.resolve("restoring"));
        if (Files.exists(ObjectStore.metadata(data)) && !began) {
            // A store from before it had a replica.
            Files.createFile(whole);
            return;
        }
        Files.createDirectories(data);
        if (!began) {
            Files.createFile(data.resolve("restoring"));
        }
        new Metadata(ObjectStore.metadata(data)).close();
        Files.createDirectories(ObjectStore.contents(data));
        try (BackupManager manager = open(store, data, Optional.empty())) {
            List<Backup> all = manager.listBackups(Backup.ALL_DATABASES);
            Optional<Backup> newest = all.stream().filter(Backup::isGood).findFirst();
            if (newest.isPresent()) {
                manager.restoreAllDatabases(newest.get().objectName(), RestoreOptions.defaults());
                LOG.info("restored {}", newest.get().objectName());
            }
        }
        Files.createFile(whole);
        Files.deleteIfExists(data.resolve("restoring"));
    }

    /** Begins to replicate a store at intervals. */
    static Replica start(ObjectStore objects, String store, Path data, Duration interval, Clock clock)
            throws IOException {
        Replica replica = new Replica(open(store, data, Optional.of(objects.barrier())), clock);
        replica.manager
                .jobs()
                .schedule(
                        "replica",
                        Schedule.every(interval).withRetry(1, interval),
                        JobTask.of("replica", job -> job.result(replica.syncIfChanged(objects))));
        replica.manager
                .jobs()
                .schedule(
                        "retention",
                        Schedule.every(Duration.ofHours(1)),
                        JobTask.prune(RetentionPolicy.builder()
                                .keepLast(100)
                                .keepHourly(HOURS_KEPT)
                                .build()));
        return replica;
    }

    private synchronized String syncIfChanged(ObjectStore objects) throws IOException {
        if (objects.changeCount() == replicated) {
            lastAt = clock.instant();
            return last;
        }
        return sync(objects);
    }

    /** One after the other: contents are removed only here, between two backups. */
    synchronized String sync(ObjectStore objects) throws IOException {
        objects.sweep();
        Instant began = clock.instant();
        long count = objects.changeCount();
        last = manager.backupAllDatabases().objectName();
        lastAt = began;
        replicated = count;
        return last;
    }

    String last() {
        return last;
    }

    /** How old the newest replica is. */
    Duration lag() {
        return Duration.between(lastAt, clock.instant());
    }

    @Override
    public void close() throws IOException {
        manager.closeNow();
    }
}

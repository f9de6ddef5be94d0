package io.kvbackup.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.BackupManager;
import io.kvbackup.RestoreOptions;
import io.kvbackup.RestoreTarget;
import io.kvbackup.StartOutcome;
import io.kvbackup.database.ChangeRecorder;
import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.replication.Replication;
import io.kvbackup.replication.ReplicationOptions;
import io.kvbackup.replication.RestoreWindow;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.junit.jupiter.api.Test;

/** The snippets about replication. {@link ReadmeTest} compares them with the page. */
class ReplicationSnippetsTest {
    private final StorageClient store = new MemoryStorageClient();
    private final StorageClient offsite = new MemoryStorageClient();

    @Test
    void replicatesAndRestoresAMoment() throws Exception {
        // region replication-record
        ConcurrentMap<String, String> map = new ConcurrentHashMap<>();
        ChangeRecorder recorder = ChangeRecorder.create();
        ConcurrentMap<String, String> items = recorder.journal("items", map, Codec.utf8(), Codec.utf8());
        MapDatabase orders = MapDatabase.builder("orders")
                .set("items", map, Codec.utf8(), Codec.utf8())
                .changes(recorder)
                .build();
        // endregion
        // region replication-start
        BackupManager manager = BackupManager.builder()
                .storage(store)
                .database(orders)
                .replication(
                        "orders",
                        ReplicationOptions.builder()
                                .alsoTo("offsite", offsite) // each store has a position of its own
                                .keepLog(Duration.ofDays(3))
                                .build())
                .build();
        StartOutcome start = manager.restoreOnStart("orders"); // only if the database is empty
        Replication replication = manager.replication("orders");
        replication.start(); // goes on in the background until manager.close()
        // endregion
        try (manager) {
            assertThat(start.kind()).isEqualTo(StartOutcome.Kind.NO_STORE);
            items.put("a", "apple"); // recorded, and in the stores within a second
            // region replication-commit
            synchronized (recorder) { // whatever keeps other writers of the same keys away
                try (ChangeRecorder.Commit commit = recorder.begin()) {
                    map.put("b", "banana");
                    commit.put("items", "b".getBytes(UTF_8), "banana".getBytes(UTF_8));
                    map.remove("a");
                    commit.delete("items", "a".getBytes(UTF_8));
                    commit.end(); // both or none; closed without end, nothing happened
                }
            }
            // endregion
            // region replication-sync
            replication.sync(); // what is committed now is in the store when this returns
            Duration lag = replication.lag(); // how old the oldest commit is that is not there yet
            Instant complete = replication.syncedThrough(); // nothing up to this moment is missing
            // endregion
            assertThat(lag).isGreaterThanOrEqualTo(Duration.ZERO);
            assertThat(complete).isAfter(Instant.EPOCH);
            long position = recorder.position();
            items.clear();
            replication.sync();
            // region replication-windows
            List<RestoreWindow> windows = replication.restorable();
            RestoreWindow last = windows.get(windows.size() - 1);
            RestoreTarget target = RestoreTarget.timestamp(last.toTime()); // or position(…), or latest()
            RestoreOptions beside =
                    RestoreOptions.builder().target(target).dryRun(true).build();
            manager.restoreLatest("orders", beside);
            // endregion
            manager.restoreLatest(
                    "orders",
                    RestoreOptions.builder()
                            .target(RestoreTarget.position(position))
                            .build());
            assertThat(map).containsOnlyKeys("b");
        }
    }

    @Test
    void keepsAWarmCopy() throws Exception {
        ConcurrentMap<String, String> source = new ConcurrentHashMap<>();
        ChangeRecorder recorder = ChangeRecorder.create();
        MapDatabase live = MapDatabase.builder("orders")
                .set("items", source, Codec.utf8(), Codec.utf8())
                .changes(recorder)
                .build();
        ConcurrentMap<String, String> copy = new ConcurrentHashMap<>();
        MapDatabase standby = MapDatabase.builder("orders")
                .set("items", copy, Codec.utf8(), Codec.utf8())
                .build();
        ReplicationOptions fast = ReplicationOptions.builder()
                .syncInterval(Duration.ofMillis(100))
                .build();
        try (BackupManager writer = BackupManager.builder()
                        .storage(store)
                        .database(live)
                        .replication("orders", fast)
                        .build();
                BackupManager reader = BackupManager.builder()
                        .storage(store)
                        .database(standby)
                        .replication("orders", fast)
                        .build()) {
            writer.replication("orders").start();
            writer.replication("orders").sync();
            // region replication-follow
            RestoreWindow now = reader.replication("orders").restorable().get(0);
            RestoreTarget target = RestoreTarget.position(now.toPosition());
            reader.restoreLatest(
                    "orders", RestoreOptions.builder().target(target).build());
            Replication.Follow follow = reader.replication("orders").follow(standby.follower(), now.toPosition());
            // endregion
            try (follow) {
                recorder.journal("items", source, Codec.utf8(), Codec.utf8()).put("a", "apple");
                writer.replication("orders").sync();
                long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
                while (!copy.containsKey("a")) {
                    assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
                    Thread.onSpinWait();
                }
                assertThat(follow.isGoing()).isTrue();
            }
        }
    }
}

package io.kvbackup.replication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.TestClock;
import io.kvbackup.database.ChangeVisitor;
import io.kvbackup.database.Codec;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.database.rocksdb.RocksDbDatabase;
import io.kvbackup.database.rocksdb.RocksDbFollower;
import io.kvbackup.repository.BackupKeys;
import io.kvbackup.repository.LeaseStore;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.fake.CountingStorageClient;
import io.kvbackup.storage.fake.StorageOperation;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;

/** A warm copy has each commit once, in order, and stops where the log does not go on. */
class FollowerTest {
    @TempDir
    Path folder;

    private final TestClock clock = new TestClock(Instant.parse("2026-11-20T12:00:00Z"));
    private final FakeLog log = new FakeLog("h", clock);
    private final CountingStorageClient store = new CountingStorageClient(new MemoryStorageClient());
    private final ConcurrentMap<String, String> copy = new ConcurrentHashMap<>();

    private VirtualReplica replica() throws Exception {
        return new VirtualReplica(
                clock, log, ReplicationOptions.defaults(), folder, Map.of(ReplicationOptions.OWN_STORE, store));
    }

    private Follower follower(VirtualReplica replica, ChangeVisitor target, long from) {
        return new Follower(
                new StoredTimelines(store, "orders", BackupKeys.none(), new SecureRandom()),
                new LeaseStore(store, replica.time, new SecureRandom()),
                target,
                from);
    }

    private ChangeVisitor maps() {
        return MapDatabase.builder("orders")
                .set("items", copy, Codec.utf8(), Codec.utf8())
                .build()
                .follower();
    }

    private static void catchUp(Follower follower) throws Exception {
        for (int quiet = 0; quiet < 12; ) {
            quiet = follower.look() ? 0 : quiet + 1;
        }
    }

    @Test
    void hasEachStateOfTheSource() throws Exception {
        try (VirtualReplica replica = replica().begin()) {
            replica.settle();
            replica.settle();
            Follower follower = follower(replica, maps(), 0);
            ConcurrentMap<String, String> model = new ConcurrentHashMap<>();
            for (int i = 0; i < 30; i++) {
                String key = "k" + i % 7;
                log.put(key, "v" + i);
                model.put(key, "v" + i);
                if (i % 3 == 0) {
                    log.pass();
                }
                replica.settle();
                catchUp(follower);
                assertThat(copy).isEqualTo(model);
            }
            assertThat(follower.position()).isLessThanOrEqualTo(log.position());
        }
    }

    @Test
    void oneListingForEachLookAtAQuietLog() throws Exception {
        try (VirtualReplica replica = replica().begin()) {
            replica.settle();
            log.put("k", "v");
            replica.settle();
            Follower follower = follower(replica, maps(), 0);
            catchUp(follower);
            store.reset();
            for (int i = 0; i < 100; i++) {
                follower.look();
            }
            assertThat(store.count(StorageOperation.LIST)).isEqualTo(100);
            assertThat(store.total()).isLessThanOrEqualTo(130);
        }
    }

    @Test
    void goesOnOverATenureThatIsResumed() throws Exception {
        Follower follower;
        try (VirtualReplica first = replica().begin()) {
            first.settle();
            log.put("a", "1");
            first.stop();
            follower = follower(first, maps(), 0);
            catchUp(follower);
        }
        try (VirtualReplica second = replica().begin()) {
            log.put("b", "2");
            second.settle();
            catchUp(follower);
            assertThat(copy).isEqualTo(Map.of("a", "1", "b", "2"));
            assertThat(second.bases).isEmpty();
        }
    }

    @Test
    void stopsAtAFork() throws Exception {
        try (VirtualReplica replica = replica().begin()) {
            replica.settle();
            log.put("a", "1");
            replica.settle();
            Follower follower = follower(replica, maps(), 0);
            catchUp(follower);
            log.hideSomething();
            assertThatThrownBy(() -> replica.tenure.tailer.poll()).isInstanceOf(Exception.class);
            replica.tenure.beginAnew();
            replica.settle();

            assertThatThrownBy(() -> catchUp(follower))
                    .isInstanceOf(Follower.ForkException.class)
                    .hasMessageContaining("does not go on from position 1");
            assertThat(copy).isEqualTo(Map.of("a", "1"));
        }
    }

    @Test
    void followsMergedSegmentsWhenTheSmallOnesAreGone() throws Exception {
        try (VirtualReplica replica = replica().begin()) {
            replica.settle();
            replica.settle();
            for (int i = 0; i < 10; i++) {
                log.put("k" + i, "v" + i);
                replica.settle();
            }
            Follower follower = follower(replica, maps(), 0);
            follower.look();
            assertThat(follower.position()).isEqualTo(1);
            replica.pass(Merger.SPAN);
            replica.tenure.merger.step();
            replica.settle();
            replica.pass(Shipper.SUPERFLUOUS);
            replica.settle();
            assertThat(VirtualReplica.spans(store, replica.tenure.line().timeline()))
                    .hasSize(1);

            catchUp(follower);
            assertThat(copy).hasSize(10).containsEntry("k9", "v9");
            assertThat(follower.position()).isEqualTo(10);
        }
    }

    @Test
    void inRocksDbThePositionIsAPartOfEachCommit() throws Exception {
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        List<ColumnFamilyDescriptor> families = new ArrayList<>();
        for (String name : List.of("default", "items", "positions")) {
            families.add(new ColumnFamilyDescriptor(name.getBytes(UTF_8)));
        }
        try (DBOptions options = new DBOptions().setCreateIfMissing(true).setCreateMissingColumnFamilies(true);
                RocksDB db = RocksDB.open(options, folder.resolve("copy").toString(), families, handles);
                VirtualReplica replica = replica().begin()) {
            RocksDbDatabase database =
                    RocksDbDatabase.builder("orders", db, handles.get(1)).build();
            try (RocksDbFollower target = database.follower(handles.get(2))) {
                assertThat(target.position()).isEqualTo(-1);
                replica.settle();
                replica.settle();
                log.put("a", "1");
                log.put("b", "2");
                replica.settle();
                catchUp(follower(replica, target, 0));
                assertThat(target.position()).isEqualTo(2);
                assertThat(db.get(handles.get(1), "b".getBytes(UTF_8))).isEqualTo("2".getBytes(UTF_8));

                target.put("items", "z".getBytes(UTF_8), new byte[0]);
                target.deleteRange("items", KeyRange.startingFrom("b".getBytes(UTF_8)));
                target.delete("items", "a".getBytes(UTF_8));
                target.put("items", "c".getBytes(UTF_8), "3".getBytes(UTF_8));
                target.commit(3, clock.instant());
                for (String gone : List.of("a", "b", "z")) {
                    assertThat(db.get(handles.get(1), gone.getBytes(UTF_8))).isNull();
                }
                assertThat(db.get(handles.get(1), "c".getBytes(UTF_8))).isNotNull();
                assertThat(target.position()).isEqualTo(3);
            }
            handles.forEach(ColumnFamilyHandle::close);
        }
    }

    @Test
    void aFailingTargetEndsTheCopyAndAQuietOneIsClosed() throws Exception {
        ReplicatedMaps host = new ReplicatedMaps(folder);
        MemoryStorageClient real = new MemoryStorageClient();
        ConcurrentMap<String, String> warm = new ConcurrentSkipListMap<>();
        MapDatabase standby = MapDatabase.builder("orders")
                .set("items", warm, Codec.utf8(), Codec.utf8())
                .build();
        ReplicationOptions fast = ReplicationOptions.builder()
                .syncInterval(Duration.ofMillis(100))
                .build();
        try (var manager = host.builder(real).replication("orders", fast).build();
                var other = host.builder(real).replication("orders", fast).build()) {
            Replication replication = manager.replication("orders");
            replication.start();
            replication.sync();
            try (Replication.Follow follow = other.replication("orders").follow(standby.follower(), 0)) {
                host.put("a", "1");
                replication.sync();
                await(() -> warm.containsKey("a"));
                assertThat(follow.isGoing()).isTrue();
                assertThat(follow.position()).isEqualTo(1);
            }
            MapDatabase without = MapDatabase.builder("orders").build();
            try (Replication.Follow follow = other.replication("orders").follow(without.follower(), 0)) {
                await(() -> !follow.isGoing());
                assertThat(follow.problem())
                        .hasValueSatisfying(text -> assertThat(text).contains("no set items"));
            }
        }
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Condition condition) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}

package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.encryption.RewrapReport;
import io.kvbackup.model.Backup;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.repository.log.LogNames;
import io.kvbackup.retention.RetentionPolicy;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Restores to moments, with all that a restore can be told. */
class RestoreTargetTest {
    private final LogHost.Millis clock = new LogHost.Millis();
    private final MemoryStorageClient storage = new MemoryStorageClient(clock);
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final Map<String, String> first = new ConcurrentHashMap<>();
    private final Map<String, String> second = new ConcurrentHashMap<>();
    private final Map<String, String> copy = new ConcurrentHashMap<>();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        executor.shutdown();
    }

    private LogHost host() {
        return new LogHost(storage, folder, Optional.empty(), executor, clock);
    }

    private BackupManagerBuilder builder(StorageClient store) {
        return BackupManager.builder()
                .storage(store)
                .clock(clock)
                .gracePeriod(Duration.ofMillis(1))
                .database(MapDatabase.builder("orders")
                        .set("first", first, Codec.utf8(), Codec.utf8())
                        .set("second", second, Codec.utf8(), Codec.utf8())
                        .build())
                .database(MapDatabase.builder("copy")
                        .set("first", copy, Codec.utf8(), Codec.utf8())
                        .build());
    }

    private static RestoreOptions.Builder at(long millis) {
        return RestoreOptions.builder().target(RestoreTarget.timestamp(Instant.ofEpochMilli(millis)));
    }

    /** Commits one entry and returns its time. */
    private long commit(LogHost host, String set, String key, String value) throws IOException {
        host.put(set, key, value);
        host.commit();
        return clock.now;
    }

    @Test
    void withoutALogAMomentIsTheNewestBackupThatIsNotLater() throws Exception {
        try (BackupManager manager = builder(storage).build()) {
            first.put("a", "1");
            Backup one = manager.backupDatabase("orders");
            clock.now += 1_000;
            first.put("a", "2");
            Backup two = manager.backupDatabase("orders");
            Instant between = one.timestamp().plusMillis(999);

            assertThat(manager.restoreAsOf("orders", between))
                    .map(Backup::objectName)
                    .contains(one.objectName());
            assertThat(first).containsEntry("a", "1");
            assertThat(manager.restoreAsOf("orders", one.timestamp()))
                    .map(Backup::objectName)
                    .contains(one.objectName());
            assertThat(manager.restoreAsOf("orders", two.timestamp()))
                    .map(Backup::objectName)
                    .contains(two.objectName());
            assertThat(first).containsEntry("a", "2");
            assertThat(manager.restoreAsOf("orders", one.timestamp().minusMillis(1)))
                    .isEmpty();
            assertThatThrownBy(() -> manager.restoreLatest(
                            "orders",
                            RestoreOptions.builder()
                                    .target(RestoreTarget.position(5))
                                    .build()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no")
                    .hasMessageContaining("name a time");
            assertThatThrownBy(() -> manager.restoreDatabase(one.objectName(), at(0).build()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("restoreLatest");
        }
    }

    @Test
    void whatARestoreCanBeToldHoldsForMoments() throws Exception {
        LogHost host = host();
        host.begin("h", null);
        host.base();
        commit(host, "first", "a", "1");
        long moment = commit(host, "second", "b", "2");
        commit(host, "first", "a", "3");
        commit(host, "first", "c", "4");
        host.ship();
        try (BackupManager manager = builder(storage).build()) {
            manager.restoreLatest("orders", at(moment).dryRun(true).build());
            assertThat(first).isEmpty();

            manager.restoreLatest("orders", at(moment).sets("second").build());
            assertThat(first).isEmpty();
            assertThat(second).isEqualTo(Map.of("b", "2"));

            manager.restoreLatest("orders", at(moment).sets("first").as("copy").build());
            assertThat(copy).isEqualTo(Map.of("a", "1"));

            first.put("z", "stays");
            manager.restoreLatest(
                    "orders",
                    at(clock.now)
                            .sets("first")
                            .keys(KeyRange.startingWith(new byte[] {'c'}))
                            .build());
            assertThat(first).isEqualTo(Map.of("z", "stays", "c", "4"));

            manager.restoreLatest(
                    "orders",
                    RestoreOptions.builder().target(RestoreTarget.latest()).build());
            assertThat(first).isEqualTo(Map.of("a", "3", "c", "4"));
        }
    }

    @Test
    void aMomentOutsideIsRefusedWithTheNearestOnes() throws Exception {
        LogHost host = host();
        host.begin("h", null);
        host.base();
        long begin = clock.now;
        long end = commit(host, "first", "a", "1");
        host.ship();
        try (BackupManager manager = builder(storage).build()) {
            for (long outside : new long[] {begin - 1, end + 1}) {
                assertThatThrownBy(() ->
                                manager.restoreLatest("orders", at(outside).build()))
                        .isInstanceOf(NoSuchFileException.class)
                        .hasMessageContaining(Instant.ofEpochMilli(begin) + " to " + Instant.ofEpochMilli(end))
                        .hasMessageContaining(host.timeline.toString());
            }
            assertThat(first).isEmpty();
        }
    }

    @Test
    void aHoleEndsTheWindow() throws Exception {
        LogHost host = host();
        host.begin("h", null);
        host.base();
        commit(host, "first", "a", "1");
        host.ship();
        long lost = commit(host, "first", "a", "2");
        host.ship();
        commit(host, "first", "a", "3");
        host.ship();
        storage.delete(List.of(LogNames.segment("orders", host.timeline, host.shipped.get(1))));
        try (BackupManager manager = builder(storage).build()) {
            assertThatThrownBy(() -> manager.restoreLatest("orders", at(lost).build()))
                    .isInstanceOf(NoSuchFileException.class)
                    .hasMessageContaining("cannot be restored");
            assertThatThrownBy(() -> manager.restoreLatest(
                            "orders",
                            RestoreOptions.builder()
                                    .target(RestoreTarget.latest())
                                    .build()))
                    .hasMessageContaining("segments are missing after position " + (host.position - 2));
            manager.restoreLatest(
                    "orders",
                    RestoreOptions.builder()
                            .target(RestoreTarget.position(host.position - 2))
                            .build());
            assertThat(first).isEqualTo(Map.of("a", "1"));
        }
    }

    @Test
    void aDamagedSegmentRestoresNothing() throws Exception {
        LogHost host = host();
        host.begin("h", null);
        host.base();
        commit(host, "first", "a", "1");
        host.ship();
        String name = LogNames.segment("orders", host.timeline, host.shipped.get(0));
        byte[] bytes;
        try (InputStream in = storage.download(name, ByteRange.all())) {
            bytes = in.readAllBytes();
        }
        bytes[80] ^= 1;
        storage.upload(name, ContentWriter.of(bytes), PutCondition.none());
        first.put("live", "stays");
        try (BackupManager manager = builder(storage).build()) {
            assertThatThrownBy(
                            () -> manager.restoreLatest("orders", at(clock.now).build()))
                    .isInstanceOf(CorruptBackupException.class)
                    .hasMessageContaining(name);
            assertThat(first).isEqualTo(Map.of("live", "stays"));
        }
    }

    @Test
    void aBackupAfterTheEndOfTheLogIsTheLatest() throws Exception {
        LogHost host = host();
        host.begin("h", null);
        host.base();
        commit(host, "first", "a", "1");
        host.ship();
        try (BackupManager manager = builder(storage).build()) {
            clock.now += 1_000;
            first.put("a", "later");
            manager.backupDatabase("orders");
            first.clear();
            manager.restoreLatest(
                    "orders",
                    RestoreOptions.builder().target(RestoreTarget.latest()).build());
            assertThat(first).isEqualTo(Map.of("a", "later"));
        }
    }

    @Test
    void aLogThatIsNotEncryptedIsNotTrustedByWhoHasKeys() throws Exception {
        LogHost host = host();
        host.begin("h", null);
        host.base();
        commit(host, "first", "a", "1");
        host.ship();
        try (BackupManager manager = builder(storage)
                .encryption(EncryptionKeys.ofRaw("k", new byte[32]))
                .build()) {
            assertThatThrownBy(
                            () -> manager.restoreLatest("orders", at(clock.now).build()))
                    .hasMessageContaining("is not encrypted");
            manager.restoreLatest("orders", at(clock.now).allowUnencrypted(true).build());
            assertThat(first).isEqualTo(Map.of("a", "1"));
        }
    }

    @Test
    void aLogStaysReadableWhenItsKeyIsRetired() throws Exception {
        EncryptionKeys old = EncryptionKeys.ofRaw("old", new byte[32]);
        byte[] secret = new byte[32];
        secret[0] = 1;
        EncryptionKeys current = EncryptionKeys.ofRaw("new", secret);
        LogHost host = new LogHost(storage, folder, Optional.of(old), executor, clock);
        host.begin("h", null);
        host.base();
        commit(host, "first", "a", "1");
        host.ship();
        try (BackupManager manager =
                builder(storage).encryption(current.withOlder(old)).build()) {
            assertThat(manager.rewrapBackups()).isEqualTo(new RewrapReport(2, 0));
            assertThat(manager.rewrapBackups()).isEqualTo(new RewrapReport(0, 2));
        }
        try (BackupManager manager = builder(storage).encryption(current).build()) {
            manager.restoreLatest("orders", at(clock.now).build());
            assertThat(first).isEqualTo(Map.of("a", "1"));
        }
    }

    /** Between plan and read, the replicator merges segments and deletes those it has merged. */
    @Test
    void plansAgainWhenSegmentsVanish() throws Exception {
        LogHost host = host();
        host.begin("h", null);
        host.base();
        for (int i = 0; i < 6; i++) {
            commit(host, "first", "k" + i, "v" + i);
            host.ship();
        }
        int[] downloads = {0};
        StorageClient merging = new ForwardingStorageClient(storage) {
            @Override
            public InputStream download(StorageObject version, ByteRange range) throws IOException {
                if (version.key().endsWith(".seg") && ++downloads[0] == 3) {
                    host.merge(0, 6, true);
                }
                return super.download(version, range);
            }
        };
        try (BackupManager manager = builder(merging).build()) {
            manager.restoreLatest("orders", at(clock.now).build());
        }
        assertThat(first).hasSize(6).containsEntry("k5", "v5");
        assertThat(downloads[0]).isEqualTo(4);
    }

    /** The base goes between plan and read, and there is an older one. */
    @Test
    void plansAgainWhenTheBaseVanishes() throws Exception {
        LogHost host = host();
        host.begin("h", null);
        host.base();
        commit(host, "first", "a", "1");
        host.ship();
        String newer = host.base();
        commit(host, "first", "b", "2");
        host.ship();
        boolean[] gone = {false};
        StorageClient deleting = new ForwardingStorageClient(storage) {
            @Override
            public InputStream download(StorageObject version, ByteRange range) throws IOException {
                if (version.key().endsWith(".seg") && !gone[0]) {
                    gone[0] = true;
                    storage.delete(List.of(newer, newer + ".manifest.json"));
                }
                return super.download(version, range);
            }
        };
        try (BackupManager manager = builder(deleting).build()) {
            manager.restoreLatest("orders", at(clock.now).build());
        }
        assertThat(first).isEqualTo(Map.of("a", "1", "b", "2"));
    }

    @Test
    void pruneKeepsWhatTheLogNeedsAndNoMore() throws Exception {
        LogHost host = host();
        host.begin("h", null);
        String oldest = host.base();
        commit(host, "first", "a", "1");
        host.ship();
        clock.now += 10_000;
        String needed = host.base();
        commit(host, "first", "a", "2");
        host.ship();
        clock.now += 6_000;
        commit(host, "first", "a", "later");
        host.ship();
        clock.now += 4_000;
        long moment = clock.now;
        String newest = host.base();
        commit(host, "first", "a", "3");
        host.ship();
        try (BackupManager manager = builder(storage).build()) {
            RetentionPolicy policy = RetentionPolicy.builder()
                    .keepLast(1)
                    .keepLog(Duration.ofSeconds(5))
                    .build();
            assertThat(manager.planPrune(policy).kept())
                    .filteredOn(each -> each.reasons().contains("base of the log"))
                    .extracting(each -> each.backup().objectName())
                    .containsExactly(newest, needed);

            manager.planPrune(policy).execute();

            assertThat(manager.listBackups("orders"))
                    .extracting(Backup::objectName)
                    .containsExactly(newest, needed)
                    .doesNotContain(oldest);
            manager.restoreLatest("orders", at(moment - 4_500).build());
            assertThat(first).isEqualTo(Map.of("a", "2"));
            clock.now += 20_000;
            host.ship();
            manager.planPrune(policy).execute();
            assertThat(host.segments())
                    .as("one that ends where the base stands, one after it")
                    .hasSize(2);
            manager.restoreLatest("orders", at(clock.now).build());
            assertThat(first).isEqualTo(Map.of("a", "3"));
        }
    }
}

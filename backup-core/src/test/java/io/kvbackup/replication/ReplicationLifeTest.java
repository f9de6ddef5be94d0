package io.kvbackup.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.BackupManager;
import io.kvbackup.RestoreOptions;
import io.kvbackup.RestoreTarget;
import io.kvbackup.StartOutcome;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.event.BackupListener;
import io.kvbackup.micrometer.BackupMetrics;
import io.kvbackup.model.Backup;
import io.kvbackup.replication.Replication.State;
import io.kvbackup.repository.LeaseStore;
import io.kvbackup.repository.LeaseTime;
import io.kvbackup.repository.Sleeper;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.StorageTraits;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of a replication in its manager, with its own threads. */
class ReplicationLifeTest {
    @TempDir
    Path folder;

    private final MemoryStorageClient store = new MemoryStorageClient();
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final ReplicationOptions options =
            ReplicationOptions.builder().syncInterval(Duration.ofMillis(100)).build();
    private ReplicatedMaps host;

    @BeforeEach
    void open() {
        host = new ReplicatedMaps(folder);
    }

    private BackupManager manager() throws IOException {
        return host.builder(store)
                .replication("orders", options)
                .listener(new BackupListener() {
                    @Override
                    public void onReplication(ReplicationEvent event) {
                        events.add(event.state());
                    }
                })
                .build();
    }

    private static void await(Condition condition) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    @Test
    void aSecondStartGoesOnWithoutABaseAndHealthTellsTheState() throws Exception {
        try (BackupManager manager = manager()) {
            Replication replication = manager.replication("orders");
            replication.start();
            replication.start();
            host.put("a", "1");
            replication.sync();
            host.put("b", "2");
            replication.sync();
            assertThat(manager.health().replications().get("orders").state()).isEqualTo("STREAMING");
            replication.stop();
            assertThat(replication.state()).isEqualTo(State.STOPPED);
            assertThatThrownBy(replication::sync)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("start");
            host.put("c", "3");
            await(() -> replication.lag().compareTo(Duration.ZERO) > 0);
            replication.start();
            replication.sync();

            assertThat(manager.listBackups("orders")).hasSize(1);
            List<RestoreWindow> windows = replication.restorable();
            assertThat(windows).anyMatch(window -> window.contains(3));
        }
        assertThat(events).containsSubsequence("STARTING", "BASE", "STREAMING", "STOPPED", "STARTING", "STREAMING");
    }

    @Test
    void aRestoreBeginsAnotherTimelineFromABase() throws Exception {
        try (BackupManager manager = manager()) {
            Replication replication = manager.replication("orders");
            replication.start();
            host.put("a", "1");
            replication.sync();
            Backup base = manager.listBackups("orders").get(0);
            host.put("b", "2");
            replication.sync();

            manager.restoreDatabase(base.objectName());
            assertThat(replication.state()).isNotEqualTo(State.STOPPED);
            host.put("c", "3");
            replication.sync();

            assertThat(host.items).doesNotContainKey("b").containsKey("c");
            assertThat(VirtualReplica.timelines(store)).hasSize(2);
            assertThat(manager.listBackups("orders")).hasSize(2);

            RestoreTarget before = RestoreTarget.position(2);
            manager.restoreLatest(
                    "orders", RestoreOptions.builder().target(before).build());
            assertThat(host.items).containsEntry("b", "2").doesNotContainKey("c");
            replication.sync();
            manager.restoreLatest(
                    "orders",
                    RestoreOptions.builder().target(RestoreTarget.latest()).build());
            assertThat(host.items).containsEntry("b", "2").doesNotContainKey("c");
        }
    }

    @Test
    void whoHasLostTheLeaseStopsAndTells() throws Exception {
        try (BackupManager manager = manager()) {
            Replication replication = manager.replication("orders");
            replication.start();
            replication.sync();
            store.delete(List.of("leases/replication-orders.json"));
            LeaseStore others = new LeaseStore(
                    store, new LeaseTime(Clock.systemUTC(), System::nanoTime, Sleeper.SYSTEM), new Random(1));
            var taken = others.tryAcquire("replication-orders", Duration.ofSeconds(30));
            assertThat(taken).isPresent();
            host.put("a", "1");
            assertThatThrownBy(() -> {
                        replication.sync();
                        replication.sync();
                    })
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("lost");
            await(() -> replication.state() == State.STOPPED);
            assertThat(replication.problem())
                    .hasValueSatisfying(text -> assertThat(text).contains("start again"));
            assertThat(manager.health().warnings()).anyMatch(text -> text.contains("lease was lost"));
            taken.get().close();
            replication.start();
            replication.sync();
        }
        assertThat(events).contains("STOPPED");
    }

    @Test
    void aStoreThatIsAwayAtTheStartKeepsNobodyWaitingAndCloseEnds() throws Exception {
        boolean[] away = {true};
        StorageClient link = new ForwardingStorageClient(store) {
            @Override
            public Optional<StorageObject> stat(String key) throws IOException {
                if (away[0] && key.startsWith("leases/")) {
                    throw new IOException("no network");
                }
                return super.stat(key);
            }

            @Override
            public StorageTraits traits() {
                return super.traits().withRetriesItself(true);
            }
        };
        try (BackupManager manager =
                host.builder(link).replication("orders", options).build()) {
            Replication replication = manager.replication("orders");
            replication.start();
            host.put("a", "1");
            await(() -> replication.problem().isPresent());
            assertThat(replication.state()).isEqualTo(State.STARTING);
            assertThat(replication.lag()).isPositive();
            away[0] = false;
            replication.sync();
        }
    }

    @Test
    void encryptedReplicasAreReadWithTheirKeys() throws Exception {
        EncryptionKeys keys = EncryptionKeys.ofRaw("k1", new byte[32]);
        for (int tenure = 0; tenure < 2; tenure++) {
            try (BackupManager manager = host.builder(store)
                    .encryption(keys)
                    .replication("orders", options)
                    .build()) {
                manager.replication("orders").start();
                host.put("a" + tenure, "secret-value");
                manager.replication("orders").sync();
                assertThat(manager.replication("orders").restorable())
                        .anyMatch(window -> window.contains(host.recorder.position()));
            }
        }
        try (Stream<StorageObject> all = store.list("log/")) {
            for (StorageObject each : all.toList()) {
                try (var in = store.download(each.key(), ByteRange.all())) {
                    assertThat(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1))
                            .doesNotContain("secret-value");
                }
            }
        }
    }

    @Test
    void whatCannotBeReplicatedIsRefused() throws Exception {
        MapDatabase plain = MapDatabase.builder("plain").build();
        try (BackupManager manager = BackupManager.builder()
                .storage(store)
                .database(plain)
                .replication("plain", options)
                .build()) {
            assertThatThrownBy(() -> manager.replication("plain").start())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("ChangeRecorder");
            assertThatThrownBy(() -> manager.replication("other"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("plain");
        }
        assertThatThrownBy(() -> BackupManager.builder()
                        .storage(store)
                        .replication("nobody", options)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nobody");
    }

    @Test
    void theLagIsAMeter() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        BackupMetrics metrics = new BackupMetrics(registry);
        try (BackupManager manager = host.builder(store)
                .replication("orders", options)
                .listener(metrics)
                .build()) {
            metrics.watch(manager, Duration.ofMinutes(5));
            manager.replication("orders").start();
            manager.replication("orders").sync();
            assertThat(registry.get("kvbackup.replication.lag")
                            .tag("database", "orders")
                            .gauge()
                            .value())
                    .isBetween(0.0, 60.0);
        }
    }

    @Test
    void aHostThatStartsOnAnEmptyDisk() throws Exception {
        try (BackupManager manager = manager()) {
            assertThat(manager.restoreOnStart("orders").kind()).isEqualTo(StartOutcome.Kind.NO_STORE);
            manager.replication("orders").start();
            host.put("a", "1");
            manager.replication("orders").sync();
            assertThat(manager.restoreOnStart("orders").kind()).isEqualTo(StartOutcome.Kind.NOT_NEEDED);
        }
        Instant before = Instant.now();
        host = new ReplicatedMaps(folder);
        try (BackupManager manager = manager()) {
            StartOutcome outcome = manager.restoreOnStart("orders");
            assertThat(outcome.kind()).isEqualTo(StartOutcome.Kind.RESTORED);
            assertThat(outcome.moment().orElseThrow()).isBeforeOrEqualTo(before);
            assertThat(host.items).containsEntry("a", "1");
            assertThat(manager.restoreOnStart("orders").kind()).isEqualTo(StartOutcome.Kind.NOT_NEEDED);
        }
        MapDatabase other = MapDatabase.builder("other").build();
        try (BackupManager manager =
                BackupManager.builder().storage(store).database(other).build()) {
            assertThat(manager.restoreOnStart("other").kind()).isEqualTo(StartOutcome.Kind.EMPTY_STORE);
        }
    }
}

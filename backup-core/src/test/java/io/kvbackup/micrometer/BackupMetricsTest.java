package io.kvbackup.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.BackupManager;
import io.kvbackup.TestClock;
import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.model.Backup;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.fake.CountingStorageClient;
import io.kvbackup.storage.fake.FaultyStorageClient;
import io.kvbackup.storage.fake.FaultyStorageClient.Fault;
import io.kvbackup.storage.fake.StorageOperation;
import io.kvbackup.storage.retry.RetryPolicy;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BackupMetricsTest {
    private final TestClock clock = new TestClock(Instant.parse("2026-11-20T12:00:00Z"));
    private final CountingStorageClient counting = new CountingStorageClient(new MemoryStorageClient());
    private final FaultyStorageClient storage = new FaultyStorageClient(counting);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final BackupMetrics metrics = new BackupMetrics(registry, clock, Runnable::run);
    private BackupManager manager;

    @BeforeEach
    void open() throws IOException {
        manager = BackupManager.builder()
                .createStore(true)
                .storage(storage)
                .clock(clock)
                .retryPolicy(RetryPolicy.defaults().withAttempts(1))
                .listener(metrics)
                .database(MapDatabase.builder("orders")
                        .set("items", new ConcurrentSkipListMap<>(Map.of("a", "123")), Codec.utf8(), Codec.utf8())
                        .build())
                .build();
    }

    @AfterEach
    void close() throws IOException {
        manager.close();
    }

    private double gauge(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }

    @Test
    void jobsAreCountedByKindAndDatabase() throws IOException {
        Backup backup = manager.backupDatabase("orders");
        manager.backupDatabase("orders");
        manager.verify(backup.objectName());
        storage.next(StorageOperation.UPLOAD, Fault.BEFORE);
        assertThatThrownBy(() -> manager.backupDatabase("orders")).isInstanceOf(IOException.class);

        String[] backups = {"kind", "backup", "database", "orders"};
        assertThat(registry.get("kvbackup.backup.duration")
                        .tags(backups)
                        .timer()
                        .count())
                .isEqualTo(2);
        assertThat(registry.get("kvbackup.backup.entries")
                        .tags(backups)
                        .summary()
                        .totalAmount())
                .isEqualTo(2);
        assertThat(registry.get("kvbackup.backup.bytes").tags(backups).summary().totalAmount())
                .isEqualTo(8);
        assertThat(registry.get("kvbackup.backup.failures")
                        .tags(backups)
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("kvbackup.backup.duration")
                        .tags("kind", "verify")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void agesGrowWithoutAskingTheStoreAtEachScrape() throws IOException {
        manager.backupDatabase("orders");
        metrics.watch(manager, Duration.ofMinutes(5));
        counting.reset();

        for (int i = 0; i < 10; i++) {
            clock.advanceSeconds(20);
            assertThat(gauge("kvbackup.backup.age", "database", "orders")).isEqualTo(20 * (i + 1));
            assertThat(gauge("kvbackup.health.age")).isEqualTo(20 * (i + 1));
            assertThat(gauge("kvbackup.store.reachable")).isEqualTo(1);
        }
        assertThat(counting.total()).as("requests for 30 scrapes").isZero();

        manager.backupDatabase("orders");
        clock.advanceSeconds(100);
        counting.reset();
        assertThat(gauge("kvbackup.health.age")).isZero();
        assertThat(gauge("kvbackup.backup.age", "database", "orders")).isEqualTo(100);
        assertThat(counting.count(StorageOperation.LIST)).isEqualTo(1);
    }

    @Test
    void aStoreThatIsAwayIsShownAndAgesGoOn() throws IOException {
        manager.backupDatabase("orders");
        metrics.watch(manager, Duration.ofMinutes(5));
        clock.advanceSeconds(300);
        storage.next(StorageOperation.LIST, Fault.BEFORE);

        assertThat(gauge("kvbackup.store.reachable")).isZero();
        assertThat(gauge("kvbackup.backup.age", "database", "orders")).isEqualTo(300);
        assertThatThrownBy(() -> metrics.watch(manager, Duration.ZERO)).hasMessageContaining("PT0S");
    }

    @Test
    void aDatabaseWithoutBackupIsOlderThanAnyLimit() throws IOException {
        metrics.watch(manager, Duration.ofMinutes(5));
        assertThat(gauge("kvbackup.backup.age", "database", "orders")).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(gauge("kvbackup.backup.exists", "database", "orders")).isZero();

        manager.backupDatabase("orders");
        clock.advanceSeconds(300);

        assertThat(gauge("kvbackup.backup.age", "database", "orders")).isEqualTo(300);
        assertThat(gauge("kvbackup.backup.exists", "database", "orders")).isEqualTo(1);
    }

    @Test
    void aStoreThatHasNeverAnsweredLeavesNobodyBelieveInABackup() {
        storage.next(StorageOperation.LIST, Fault.BEFORE);
        metrics.watch(manager, Duration.ofMinutes(5));
        assertThat(gauge("kvbackup.store.reachable")).isZero();
        assertThat(gauge("kvbackup.backup.age", "database", "orders")).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(gauge("kvbackup.backup.exists", "database", "orders")).isNaN();
    }

    @Test
    void whatCountsIsThereFromTheStart() {
        for (String kind : List.of("backup", "restore", "verify", "copy")) {
            for (String database : List.of("orders", Backup.ALL_DATABASES)) {
                String[] tags = {"kind", kind, "database", database};
                assertThat(registry.get("kvbackup.backup.failures")
                                .tags(tags)
                                .counter()
                                .count())
                        .isZero();
                assertThat(registry.get("kvbackup.backup.duration")
                                .tags(tags)
                                .timer()
                                .count())
                        .isZero();
            }
        }
        assertThat(registry.get("kvbackup.backup.failures")
                        .tags("kind", "prune")
                        .counter()
                        .count())
                .isZero();
    }
}

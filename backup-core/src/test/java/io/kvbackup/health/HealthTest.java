package io.kvbackup.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kvbackup.BackupManager;
import io.kvbackup.BackupManagerBuilder;
import io.kvbackup.RestoreOptions;
import io.kvbackup.TestClock;
import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.job.JobRecord;
import io.kvbackup.job.JobTask;
import io.kvbackup.job.Schedule;
import io.kvbackup.model.Backup;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.Verification;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.fake.CountingStorageClient;
import io.kvbackup.storage.fake.FaultyStorageClient;
import io.kvbackup.storage.fake.FaultyStorageClient.Fault;
import io.kvbackup.storage.fake.StorageOperation;
import io.kvbackup.storage.retry.RetryPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HealthTest {
    private final TestClock clock = new TestClock(Instant.parse("2026-11-20T12:00:00Z"));
    private final MemoryStorageClient memory = new MemoryStorageClient();
    private final CountingStorageClient counting = new CountingStorageClient(memory);
    private final FaultyStorageClient storage = new FaultyStorageClient(counting);
    private BackupManager manager;

    @BeforeEach
    void open() throws IOException {
        manager = manager("orders", "stock");
    }

    private BackupManager manager(String... names) throws IOException {
        BackupManagerBuilder builder = BackupManager.builder()
                .storage(storage)
                .clock(clock)
                .retryPolicy(RetryPolicy.defaults().withAttempts(1));
        for (String name : names) {
            builder.database(database(name));
        }
        return builder.build();
    }

    private static Database database(String name) {
        return MapDatabase.builder(name)
                .set("items", new ConcurrentSkipListMap<>(Map.of("a", "1")), Codec.utf8(), Codec.utf8())
                .build();
    }

    @AfterEach
    void close() throws IOException {
        storage.release();
        manager.close();
    }

    @Test
    void knowsTheNewestBackupOfEachDatabaseBeItOfThisOneOrOfAll() throws IOException {
        Backup all = manager.backupAllDatabases();
        clock.advanceSeconds(3600);
        Backup orders = manager.backupDatabase("orders");
        clock.advanceSeconds(60);

        Health health = manager.health();

        assertThat(health.at()).isEqualTo(clock.instant());
        assertThat(health.storeProblem()).isEmpty();
        assertThat(health.databases()).containsOnlyKeys("orders", "stock");
        assertThat(health.databases().get("orders").newest().map(Backup::objectName))
                .contains(orders.objectName());
        assertThat(health.databases().get("orders").age()).contains(Duration.ofMinutes(1));
        assertThat(health.databases().get("stock").newest().map(Backup::objectName))
                .contains(all.objectName());
        assertThat(health.databases().get("stock").age()).contains(Duration.ofMinutes(61));
        health.assertFresh(Duration.ofMinutes(61));
        assertThatThrownBy(() -> health.assertFresh(Duration.ofMinutes(60)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("database stock")
                .hasMessageContaining(all.objectName())
                .hasMessageContaining("PT1H1M old, allowed are PT1H")
                .hasMessageContaining("backupDatabase")
                .message()
                .doesNotContain("orders/");
    }

    @Test
    void aDatabaseWithoutBackupIsNotFreshAndOneThatTheHostDroppedDoesNotMatter() throws IOException {
        manager.backupDatabase("orders");
        assertThatThrownBy(() -> manager.health().assertFresh(Duration.ofDays(1)))
                .hasMessageContaining("database stock has no backup at all");

        clock.advanceSeconds(Duration.ofDays(3).toSeconds());
        try (BackupManager later = manager("stock")) {
            later.backupDatabase("stock");
            Health health = later.health();
            assertThat(health.databases().get("orders").live()).isFalse();
            assertThatCode(() -> health.assertFresh(Duration.ofDays(1))).doesNotThrowAnyException();
        }
    }

    @Test
    void anArchiveWithoutManifestIsNoBackup() throws IOException {
        memory.upload(
                "backups/orders/2026-11-20T12:00:00.000Z.json", ContentWriter.of(new byte[1]), PutCondition.none());
        assertThat(manager.health().databases().get("orders").newest()).isEmpty();
    }

    @Test
    void tellsVerificationsDrillsAndDamage() throws IOException {
        Backup good = manager.backupDatabase("orders");
        manager.verify(good.objectName(), VerifyLevel.DRILL);
        Instant drilled = clock.instant();
        clock.advanceSeconds(60);
        manager.verify(good.objectName());
        manager.verify(good.objectName(), VerifyLevel.LISTED);
        Instant read = clock.instant();
        Backup bad = manager.backupDatabase("orders");
        byte[] bytes;
        try (InputStream in = memory.download(bad.objectName(), ByteRange.all())) {
            bytes = in.readAllBytes();
        }
        bytes[20] ^= 1;
        memory.upload(bad.objectName(), ContentWriter.of(bytes), PutCondition.none());
        clock.advanceSeconds(60);
        assertThatThrownBy(() -> manager.verify(bad.objectName())).isInstanceOf(CorruptBackupException.class);

        Health.OfDatabase orders = manager.health().databases().get("orders");

        assertThat(orders.lastVerification().map(Verification::at)).contains(read);
        assertThat(orders.lastDrill().map(Verification::at)).contains(drilled);
        assertThat(orders.damaged().map(Backup::objectName)).contains(bad.objectName());
        assertThat(manager.health().databases().get("stock").lastVerification()).isEmpty();
    }

    @Test
    void aStampFarAheadHidesNothing() throws IOException {
        manager.backupAllDatabases();
        TestClock wrong = new TestClock(clock.instant().plus(Duration.ofDays(400)));
        try (BackupManager ahead = BackupManager.builder()
                .storage(storage)
                .clock(wrong)
                .database(database("orders"))
                .build()) {
            Backup future = ahead.backupDatabase("orders");
            clock.advanceSeconds(Duration.ofDays(3).toSeconds());

            Health health = manager.health();

            assertThat(health.warnings()).singleElement().asString().contains(future.objectName(), "clocks");
            Health.OfDatabase orders = health.databases().get("orders");
            assertThat(orders.doubtful()).containsExactly(future.objectName());
            assertThat(orders.newest().map(Backup::database)).contains(Backup.ALL_DATABASES);
            assertThat(orders.age()).contains(Duration.ofDays(3));
            assertThatCode(() -> health.assertFresh(Duration.ofDays(9))).doesNotThrowAnyException();
            assertThatThrownBy(() -> health.assertFresh(Duration.ofDays(2)))
                    .hasMessageContaining("database orders")
                    .hasMessageContaining("PT72H old");
        }
    }

    @Test
    void onlyBackupsWithIncredibleStampsAreNotFresh() throws IOException {
        TestClock wrong = new TestClock(clock.instant().plus(Duration.ofDays(400)));
        try (BackupManager ahead = BackupManager.builder()
                .storage(storage)
                .clock(wrong)
                .database(database("orders"))
                .database(database("stock"))
                .build()) {
            Backup future = ahead.backupAllDatabases();

            assertThatThrownBy(() -> manager.health().assertFresh(Duration.ofDays(9)))
                    .hasMessageContaining(future.objectName())
                    .hasMessageContaining("ahead of the store's clock");
        }
    }

    @ParameterizedTest
    @EnumSource(value = VerifyLevel.class, names = "LISTED", mode = EnumSource.Mode.EXCLUDE)
    void aDamagedNewestBackupIsNotFreshAndAPassingListedDoesNotHideIt(VerifyLevel level) throws IOException {
        Backup good = manager.backupAllDatabases();
        clock.advanceSeconds(60);
        Backup bad = manager.backupDatabase("orders");
        memory.upload(bad.objectName(), ContentWriter.of(new byte[(int) bad.storedBytes()]), PutCondition.none());
        assertThatThrownBy(() -> manager.verify(bad.objectName(), level)).isInstanceOf(CorruptBackupException.class);
        clock.advanceSeconds(60);
        manager.verify(bad.objectName(), VerifyLevel.LISTED);

        Health health = manager.health();

        Health.OfDatabase orders = health.databases().get("orders");
        assertThat(orders.damaged().map(Backup::objectName)).contains(bad.objectName());
        assertThat(orders.newestGood().map(Backup::objectName)).contains(good.objectName());
        assertThat(health.warnings())
                .singleElement()
                .asString()
                .contains(bad.objectName(), "known as damaged", good.objectName());
        assertThatThrownBy(() -> health.assertFresh(Duration.ofDays(1)))
                .hasMessageContaining(bad.objectName())
                .hasMessageContaining("known as damaged")
                .message()
                .doesNotContain("database stock");

        assertThatThrownBy(() -> manager.restoreLatest("orders")).hasMessageContaining("skipDamaged");
        RestoreOptions skipping = RestoreOptions.builder().skipDamaged(true).build();
        assertThat(manager.restoreLatest("orders", skipping).map(Backup::objectName))
                .contains(good.objectName());
    }

    @Test
    void aClockThatIsALittleAheadDoesNotMatter() throws IOException {
        manager.backupAllDatabases();
        clock.advanceSeconds(-3_600);
        Health health = manager.health();
        assertThat(health.warnings()).isEmpty();
        health.assertFresh(Duration.ZERO);
    }

    @Test
    void tellsWhichBackupHasLostItsArchive() throws IOException {
        manager.backupAllDatabases();
        clock.advanceSeconds(60);
        Backup lost = manager.backupDatabase("orders");
        assertThat(manager.health().lost()).isEmpty();
        memory.delete(java.util.List.of(lost.objectName()));

        Health health = manager.health();

        assertThat(health.lost()).containsExactly(lost.objectName());
        assertThat(health.warnings()).singleElement().asString().contains(lost.objectName());
        assertThatThrownBy(() -> manager.restoreLatest("orders"))
                .isInstanceOf(CorruptBackupException.class)
                .hasMessageContaining(lost.objectName())
                .hasMessageContaining("next older one");
        assertThat(manager.restoreLatest(
                        "orders", RestoreOptions.builder().skipDamaged(true).build()))
                .isPresent();
        manager.deleteBackup(lost.objectName());
        assertThat(manager.restoreLatest("orders")).isPresent();
    }

    @Test
    void tellsWhichJobsFailed() throws IOException {
        manager.backupDatabase("orders");
        storage.next(StorageOperation.LIST, Fault.BEFORE);
        assertThatThrownBy(() -> manager.backupDatabase("orders")).isInstanceOf(IOException.class);

        Health health = manager.health();

        assertThat(health.failed()).extracting(JobRecord::kind).containsExactly("backup");
        assertThat(health.running()).isEmpty();
        assertThatThrownBy(() -> health.assertFresh(Duration.ofDays(1))).hasMessageContaining("LIST fails on purpose");
    }

    @Test
    void tellsWhenSchedulesRunNext() throws IOException {
        manager.jobs().schedule("nightly", Schedule.cron("0 2 * * *"), JobTask.backupAll());
        // What was served before is looked up first, beside this thread.
        await().untilAsserted(() -> assertThat(manager.health().nextRuns())
                .isEqualTo(Map.of("nightly", Instant.parse("2026-11-21T02:00:00Z"))));
        manager.jobs().pause("nightly");
        assertThat(manager.health().nextRuns()).isEmpty();
    }

    @Test
    void aStoreThatFailsIsSaidToBeSo() throws IOException {
        storage.next(StorageOperation.LIST, Fault.BEFORE);

        Health health = manager.health();

        assertThat(health.storeProblem()).get().asString().contains("LIST fails on purpose");
        assertThat(health.databases()).isEmpty();
        assertThatThrownBy(() -> health.assertFresh(Duration.ofDays(1)))
                .hasMessageContaining("could not be asked")
                .hasMessageContaining("LIST fails on purpose");
    }

    @Test
    void aStoreThatHangsIsSaidToBeSoInTime() throws IOException {
        storage.next(StorageOperation.LIST, Fault.HANG);

        Health health = manager.health(Duration.ofMillis(100));

        assertThat(health.storeProblem()).get().asString().contains("did not answer for PT0.1S");
        assertThatThrownBy(() -> manager.health(Duration.ofSeconds(-1))).hasMessageContaining("PT-1S");
        assertThatThrownBy(() -> health.assertFresh(Duration.ofSeconds(-1))).hasMessageContaining("PT-1S");
    }

    @Test
    void costsOneListingAndOneManifestForEachNewBackupOfAll() throws IOException {
        manager.backupAllDatabases();
        manager.backupDatabase("orders");
        manager.health();
        counting.reset();
        manager.health();
        assertThat(counting.total()).isEqualTo(1);
        assertThat(counting.count(StorageOperation.LIST)).isEqualTo(1);
    }
}

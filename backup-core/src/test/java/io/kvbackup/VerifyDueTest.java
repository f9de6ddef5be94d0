package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.model.Backup;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.Verification;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.fake.FaultyStorageClient;
import io.kvbackup.storage.fake.FaultyStorageClient.Fault;
import io.kvbackup.storage.fake.StorageOperation;
import io.kvbackup.storage.retry.RetryPolicy;
import io.kvbackup.storage.throttle.RateLimit;
import io.kvbackup.verify.VerifyDueOptions;
import io.kvbackup.verify.VerifyDueReport;
import io.kvbackup.verify.VerifyOptions;
import io.kvbackup.verify.VerifyReport;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Verifications are remembered beside the backup, and what was not verified for long is due. */
class VerifyDueTest {
    private final TestClock clock = new TestClock(Instant.parse("2026-11-20T12:00:00Z"));
    private final MemoryStorageClient memory = new MemoryStorageClient();
    private final FaultyStorageClient storage = new FaultyStorageClient(memory);
    private final Map<String, String> items = new ConcurrentSkipListMap<>(Map.of("a", "1", "b", "2"));
    private BackupManager manager;

    @BeforeEach
    void open() throws IOException {
        manager = BackupManager.builder()
                .storage(storage)
                .clock(clock)
                .format("cbor")
                .retryPolicy(RetryPolicy.defaults().withAttempts(1))
                .database(database("orders"))
                .database(database("stock"))
                .build();
    }

    private Database database(String name) {
        return MapDatabase.builder(name)
                .set("items", new ConcurrentSkipListMap<>(items), Codec.utf8(), Codec.utf8())
                .build();
    }

    @AfterEach
    void close() throws IOException {
        manager.close();
    }

    private Backup backup(String name) throws IOException {
        Backup backup = manager.backupDatabase(name);
        clock.advanceSeconds(3600);
        return backup;
    }

    private void damage(Backup backup) throws IOException {
        byte[] bytes;
        try (InputStream in = memory.download(backup.objectName(), ByteRange.all())) {
            bytes = in.readAllBytes();
        }
        bytes[bytes.length - 3] ^= 1;
        memory.upload(backup.objectName(), ContentWriter.of(bytes), PutCondition.none());
    }

    private static VerifyDueOptions.Builder days(int days) {
        return VerifyDueOptions.builder().notVerifiedFor(Duration.ofDays(days));
    }

    private static List<String> names(List<VerifyReport> reports) {
        return reports.stream().map(report -> report.backup().objectName()).toList();
    }

    @ParameterizedTest
    @EnumSource(VerifyLevel.class)
    void aGoodResultIsRememberedAndListed(VerifyLevel level) throws IOException {
        Backup backup = backup("orders");

        VerifyReport report = manager.verify(backup.objectName(), level);

        assertThat(report.remembered()).isTrue();
        for (Backup seen : List.of(manager.listBackups("orders").get(0), manager.describe(backup.objectName()))) {
            assertThat(seen.lastVerifiedAt()).contains(clock.instant());
            Verification remembered = seen.marks().lastVerification(level).orElseThrow();
            assertThat(remembered.passed()).isTrue();
            assertThat(remembered.took()).isLessThanOrEqualTo(report.took());
        }
    }

    @Test
    void aBadResultIsRememberedToo() throws IOException {
        Backup backup = backup("orders");
        manager.verify(backup.objectName(), VerifyLevel.DRILL);
        damage(backup);
        clock.advanceSeconds(1);

        assertThatThrownBy(() -> manager.verify(backup.objectName())).isInstanceOf(CorruptBackupException.class);

        Backup seen = manager.listBackups("orders").get(0);
        assertThat(seen.marks().lastVerification(VerifyLevel.DIGEST)).get().matches(last -> !last.passed());
        assertThat(seen.marks().lastVerification(VerifyLevel.DRILL)).get().matches(Verification::passed);
        assertThat(seen.marks().isVerified()).isFalse();
    }

    @Test
    void aDamagedManifestIsRememberedAndAMissingArchiveIsDamage() throws IOException {
        Backup first = backup("orders");
        memory.upload(first.objectName() + ".manifest.json", ContentWriter.of(new byte[9]), PutCondition.none());
        assertThatThrownBy(() -> manager.verify(first.objectName(), VerifyLevel.LISTED))
                .isInstanceOf(CorruptBackupException.class);
        assertThat(manager.listBackups("orders").get(0).marks().lastVerification())
                .get()
                .matches(last -> !last.passed());

        Backup second = backup("stock");
        memory.delete(List.of(second.objectName()));
        assertThatThrownBy(() -> manager.verify(second.objectName(), VerifyLevel.LISTED))
                .isInstanceOf(CorruptBackupException.class)
                .hasMessageContaining("is gone");
    }

    @Test
    void whatTheStoreDoesNotTakeIsNotRememberedButTrueAllTheSame() throws IOException {
        Backup backup = backup("orders");
        storage.next(StorageOperation.UPLOAD, Fault.BEFORE);
        assertThat(manager.verify(backup.objectName()).remembered()).isFalse();

        VerifyOptions quiet = VerifyOptions.builder().remember(false).build();
        assertThat(manager.verify(backup.objectName(), quiet).remembered()).isFalse();
        assertThat(manager.listBackups("orders").get(0).marks().verifications()).isEmpty();
    }

    @Test
    void aStoreThatFailsSaysNothingOfTheBackup() throws IOException {
        Backup backup = backup("orders");
        storage.next(StorageOperation.DOWNLOAD, Fault.NONE, Fault.BEFORE);

        assertThatThrownBy(() -> manager.verify(backup.objectName())).isNotInstanceOf(CorruptBackupException.class);
        assertThat(manager.listBackups("orders").get(0).marks().verifications()).isEmpty();
    }

    @Test
    void theNewestOfEachDatabaseComesFirstThenTheOneThatWaitsLongest() throws IOException {
        Backup oldest = backup("orders");
        Backup second = backup("orders");
        Backup newest = backup("orders");
        Backup stock = backup("stock");
        Backup all = manager.backupAllDatabases();
        manager.verify(second.objectName());
        clock.advanceSeconds(60);
        manager.verify(oldest.objectName());
        clock.advanceSeconds(60);
        manager.verify(newest.objectName(), VerifyLevel.DRILL);
        clock.advanceSeconds(Duration.ofDays(2).toSeconds());

        VerifyDueReport report = manager.verifyDue(days(1).build());

        assertThat(names(report.passed()))
                .containsExactly(
                        all.objectName(),
                        stock.objectName(),
                        newest.objectName(),
                        second.objectName(),
                        oldest.objectName());
        assertThat(manager.verifyDue(days(1).build()).passed())
                .as("now nothing is due")
                .isEmpty();
        assertThat(report.isGood()).isTrue();
    }

    @Test
    void aHigherLevelCountsAndALowerOneDoesNot() throws IOException {
        Backup drilled = backup("orders");
        Backup listed = backup("stock");
        manager.verify(drilled.objectName(), VerifyLevel.DRILL);
        manager.verify(listed.objectName(), VerifyLevel.LISTED);

        assertThat(names(manager.verifyDue(days(1).build()).passed())).containsExactly(listed.objectName());
        assertThat(names(manager.verifyDue(days(1).level(VerifyLevel.DRILL)
                                .databases("stock")
                                .build())
                        .passed()))
                .containsExactly(listed.objectName());
    }

    @Test
    void damageAndFailuresDoNotStopTheRest() throws IOException {
        Backup good = backup("orders");
        Backup damaged = backup("orders");
        Backup unreachable = backup("stock");
        damage(damaged);
        // The first is the newest of stock: its manifest comes, its archive does not.
        storage.next(StorageOperation.DOWNLOAD, Fault.NONE, Fault.BEFORE);

        VerifyDueReport report = manager.verifyDue(days(1).build());

        assertThat(names(report.passed())).containsExactly(good.objectName());
        assertThat(report.failed())
                .extracting(failure -> failure.backup().objectName(), VerifyDueReport.Failure::damaged)
                .containsExactly(
                        org.assertj.core.api.Assertions.tuple(unreachable.objectName(), false),
                        org.assertj.core.api.Assertions.tuple(damaged.objectName(), true));
        assertThat(report.isGood()).isFalse();
        assertThat(report).asString().contains("1 good, 2 failed, 0 left", damaged.objectName());
        assertThat(names(manager.verifyDue(days(1).build()).passed()))
                .as("what could not be verified is due again, what is damaged is known")
                .containsExactly(unreachable.objectName());
    }

    @Test
    void aVerificationIsCutWhenTheTimeIsUpAndLeavesNoMark() throws IOException {
        byte[] noise = new byte[400_000];
        new Random(3).nextBytes(noise);
        try (BackupManager large = BackupManager.builder()
                .storage(storage)
                .database(MapDatabase.builder("large")
                        .set("blobs", new ConcurrentSkipListMap<>(Map.of("a", noise)), Codec.utf8(), Codec.bytes())
                        .build())
                .build()) {
            large.backupDatabase("large");
            for (VerifyLevel level : List.of(VerifyLevel.DIGEST, VerifyLevel.DRILL)) {
                VerifyDueReport report = large.verifyDue(VerifyDueOptions.builder()
                        .level(level)
                        .rate(RateLimit.bytesPerSecond(100_000))
                        .atMost(Duration.ofMillis(200))
                        .build());
                assertThat(report.skipped()).hasSize(1);
                assertThat(report.took()).isLessThan(Duration.ofSeconds(2));
                assertThat(report.failed()).isEmpty();
            }
            assertThat(large.listBackups("large").get(0).marks().verifications())
                    .isEmpty();
        }
    }

    @Test
    void aBackupWhoseArchiveIsGoneIsReported() throws IOException {
        Backup good = backup("orders");
        Backup lost = backup("stock");
        memory.delete(List.of(lost.objectName()));

        VerifyDueReport report = manager.verifyDue(days(1).build());

        assertThat(names(report.passed())).containsExactly(good.objectName());
        assertThat(report.lost()).containsExactly(lost.objectName());
        assertThat(report.isGood()).isFalse();
        assertThat(report).asString().contains("the archive of " + lost.objectName() + " is gone");
        assertThat(manager.verifyDue(days(1).databases("orders").build()).lost())
                .isEmpty();
    }

    /** Scratch databases come from the host, whose code may throw anything. */
    @Test
    void aScratchDatabaseThatThrowsDoesNotStopTheRest() throws IOException {
        Backup first = backup("orders");
        Backup second = backup("stock");
        try (BackupManager broken = BackupManager.builder()
                .storage(storage)
                .clock(clock)
                .scratch(header -> {
                    throw new IllegalStateException("no scratch for " + header.name());
                })
                .build()) {
            VerifyDueReport report =
                    broken.verifyDue(days(1).level(VerifyLevel.DRILL).build());

            assertThat(report.failed())
                    .extracting(failure -> failure.backup().objectName())
                    .containsExactlyInAnyOrder(first.objectName(), second.objectName());
            assertThat(report.failed()).noneMatch(VerifyDueReport.Failure::damaged);
        }
    }

    @Test
    void timeThatIsUpAtOnceSkipsAll() throws IOException {
        backup("orders");
        assertThat(manager.verifyDue(days(1).atMost(Duration.ofNanos(1)).build())
                        .skipped())
                .hasSize(1);
    }

    @Test
    void nonsenseIsRefusedAtOnce() {
        VerifyDueOptions.Builder builder = VerifyDueOptions.builder();
        assertThatThrownBy(() -> builder.notVerifiedFor(Duration.ofDays(-1))).hasMessageContaining("PT-24H");
        assertThatThrownBy(() -> builder.atMost(Duration.ZERO)).hasMessageContaining("PT0S");
        assertThatThrownBy(builder::databases).hasMessageContaining("no databases");
        assertThatThrownBy(() -> builder.rate(RateLimit.bytesPerSecond(0))).hasMessageContaining("0");
    }
}

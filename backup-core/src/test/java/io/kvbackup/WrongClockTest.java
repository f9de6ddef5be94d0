package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.model.Backup;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.prune.PrunePlan;
import io.kvbackup.prune.PruneReport;
import io.kvbackup.retention.RetentionPolicy;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.StorageTraits;
import io.kvbackup.storage.file.FileStorageClient;
import io.kvbackup.verify.VerifyDueOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A clock that is wrong costs no backup that anybody needs, and does not bend what others do afterwards. */
class WrongClockTest {
    private final PruneHost host = new PruneHost();

    /** How far the clock of whoever writes into the folder is ahead. */
    private Duration writerAhead = Duration.ZERO;

    private final StorageClient folder =
            new ForwardingStorageClient(new MemoryStorageClient(clock(() -> writerAhead))) {
                @Override
                public StorageTraits traits() {
                    return super.traits().withOwnClock(false);
                }
            };

    private Clock clock(Supplier<Duration> ahead) {
        return new UtcClock() {
            @Override
            public Instant instant() {
                return host.clock.instant().plus(ahead.get());
            }
        };
    }

    private BackupManager ahead(StorageClient store, Duration by) throws IOException {
        return BackupManager.builder()
                .storage(store)
                .clock(clock(() -> by))
                .database(MapDatabase.builder("orders")
                        .set("notes", host.notes, Codec.utf8(), Codec.utf8())
                        .build())
                .build();
    }

    private static List<String> names(BackupManager manager) throws IOException {
        return manager.listBackups("orders").stream().map(Backup::objectName).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT3H", "P30D", "P6000D"})
    void aStampFromTheFutureRemovesNothingAndIsNotFollowed(String by) throws Exception {
        RetentionPolicy policy = RetentionPolicy.builder()
                .keepWithin(Duration.ofDays(2))
                .keepDaily(3)
                .build();
        try (BackupManager manager = host.manager()) {
            String good = host.backup(manager, 1).objectName();
            String future;
            try (BackupManager wrong = ahead(host.storage, Duration.parse(by))) {
                future = wrong.backupDatabase("orders").objectName();
            }
            PrunePlan plan = manager.planPrune(policy);
            assertThat(plan.removed()).isEmpty();
            assertThat(plan.doubtful()).extracting(Backup::objectName).containsExactly(future);
            assertThat(plan.toString()).contains("its stamp is ahead of the store's clock");

            Backup next = host.backup(manager, 2);
            assertThat(next.timestamp()).isBefore(host.clock.instant());
            assertThat(names(manager)).containsExactlyInAnyOrder(future, next.objectName(), good);
            assertThat(manager.restoreLatest("orders").orElseThrow().objectName())
                    .isEqualTo(next.objectName());
            // Also when time has caught up with the stamp.
            host.pass(Duration.parse(by).plusDays(1));
            assertThat(manager.planPrune(RetentionPolicy.builder().keepLast(1).build())
                            .doubtful())
                    .extracting(Backup::objectName)
                    .containsExactly(future);
        }
    }

    @Test
    void theLastStampThatCanBeWrittenHidesNothing() throws Exception {
        host.storage.upload(
                "backups/orders/9999-12-31T23:59:59.999Z.cbor",
                ContentWriter.of("x".getBytes(StandardCharsets.UTF_8)),
                PutCondition.none());
        try (BackupManager manager = host.manager()) {
            Backup made = host.backup(manager, 1);
            Backup next = host.backup(manager, 2);

            assertThat(names(manager)).contains(made.objectName(), next.objectName());
            assertThat(next.timestamp()).isBefore(host.clock.instant());
            assertThat(host.restored(
                            manager,
                            manager.restoreLatest("orders").orElseThrow().objectName()))
                    .isEqualTo("2");
            assertThat(manager.health().warnings()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {30, -30, 6_000, -6_000})
    void aWrongClockPrunesNothingInAFolderAndTheOthersGoOn(long days) throws Exception {
        try (BackupManager manager = host.manager(folder);
                BackupManager wrong = ahead(folder, Duration.ofDays(days))) {
            for (int i = 0; i < 4; i++) {
                host.backup(manager, i);
            }
            manager.planPrune(PruneHost.last(4)).execute();
            writerAhead = Duration.ofDays(days);
            assertThat(wrong.planPrune(PruneHost.last(1)).execute().removed()).isEmpty();
            assertThat(wrong.planPrune(PruneHost.last(1)).execute().removed()).isEmpty();
            writerAhead = Duration.ZERO;
            assertThat(names(manager)).hasSize(4);
            // It is known only later whose clock was right.
            host.backup(manager, 5);
            manager.planPrune(PruneHost.last(1)).execute();
            host.pass(PruneHost.GRACE);
            assertThat(manager.planPrune(PruneHost.last(1)).execute().removed()).hasSize(4);
        }
    }

    @Test
    void aFolderInWhichNothingHappenedForLongIsPrunedWithOnePrunesDelay() throws Exception {
        try (BackupManager manager = host.manager(folder)) {
            for (int i = 0; i < 4; i++) {
                host.backup(manager, i);
            }
            manager.planPrune(PruneHost.last(3)).execute();
            for (boolean second : new boolean[] {false, true}) {
                host.pass(Duration.ofDays(7));
                PruneReport report = manager.planPrune(PruneHost.last(2)).execute();
                assertThat(report.removed()).hasSize(second ? 1 : 0);
                assertThat(report.collected()).hasSize(second ? 1 : 0);
            }
        }
    }

    @Test
    void aFolderThatIsWrittenToEveryDayIsPrunedEveryMonth() throws Exception {
        try (BackupManager manager = host.manager(folder)) {
            manager.planPrune(PruneHost.last(2)).execute();
            for (int month = 0; month < 3; month++) {
                for (int day = 0; day < 30; day++) {
                    host.backup(manager, day);
                    host.pass(Duration.ofHours(23));
                }
                assertThat(manager.planPrune(PruneHost.last(2)).execute().removed())
                        .hasSize(month == 0 ? 28 : 30);
            }
        }
    }

    @Test
    void aFileFromTheFutureDoesNotSetTheClockOfAFolder(@TempDir Path folder) throws Exception {
        try (FileStorageClient files = new FileStorageClient(folder);
                BackupManager manager = host.manager(files)) {
            manager.planPrune(PruneHost.last(1)).execute();
            Path lease = folder.resolve("leases/prune.json");
            FileTime future = FileTime.from(Instant.parse("2199-01-01T00:00:00Z"));
            Files.setLastModifiedTime(lease, future);

            manager.planPrune(PruneHost.last(1)).execute();

            assertThat(Files.getLastModifiedTime(lease)).isLessThan(future);
            host.backup(manager, 1);
            host.backup(manager, 2);
            assertThat(manager.planPrune(PruneHost.last(1)).execute().removed()).hasSize(1);
            assertThat(manager.planPrune(PruneHost.last(1)).execute().collected())
                    .isEmpty();
        }
    }

    @Test
    void damageThatIsFoundAfterAHostWithAClockAheadHasVerifiedIsKnown() throws Exception {
        try (BackupManager manager = host.manager();
                BackupManager wrong = ahead(host.storage, Duration.ofHours(3))) {
            Backup older = host.backup(manager, 1);
            Backup newest = host.backup(manager, 2);
            manager.verify(older.objectName());
            wrong.verify(newest.objectName());
            StorageObject archive = host.storage.stat(newest.objectName()).orElseThrow();
            host.storage.upload(
                    newest.objectName(), ContentWriter.of(new byte[(int) archive.size()]), PutCondition.none());
            assertThatThrownBy(() -> manager.verify(newest.objectName())).isInstanceOf(CorruptBackupException.class);

            assertThat(manager.listBackups("orders").get(0).marks().isDamaged()).isTrue();
            assertThat(manager.planPrune(PruneHost.last(1)).execute().removed()).isEmpty();
            assertThat(names(manager)).contains(older.objectName());
        }
    }

    @Test
    void aVerificationFromTheFutureLeavesABackupDue() throws Exception {
        try (BackupManager manager = host.manager();
                BackupManager wrong = ahead(host.storage, Duration.ofDays(4_000))) {
            host.backup(manager, 1);
            wrong.verify(names(manager).get(0));

            assertThat(manager.verifyDue(VerifyDueOptions.builder().build()).passed())
                    .hasSize(1);
            assertThat(manager.verifyDue(VerifyDueOptions.builder().build()).passed())
                    .isEmpty();
        }
    }
}

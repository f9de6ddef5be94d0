package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.kvbackup.model.Backup;
import io.kvbackup.prune.PrunePlan;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.fake.CountingStorageClient;
import io.kvbackup.storage.fake.CountingStorageClient.Crash;
import io.kvbackup.storage.fake.CountingStorageClient.Moment;
import io.kvbackup.storage.fake.FaultyStorageClient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Prune dies at every single request. After each death everything that is listed can be restored, what must stay is
 * listed, and later prunes finish the work.
 */
class PruneCrashTest {
    private static final String ORPHAN = "backups/orders/2026-11-20T11:00:00.000Z.cbor.zst";

    /**
     * Prepared so that a prune has every kind of work: to remove, to collect, orphans, marks beside nothing, old
     * tombstones.
     */
    private static PruneHost prepared() throws IOException {
        PruneHost host = new PruneHost();
        try (BackupManager manager = host.manager()) {
            for (int i = 0; i < 5; i++) {
                Backup backup = host.backup(manager, i);
                if (i == 1) {
                    manager.marks().pin(backup.objectName());
                }
                manager.marks().tag(backup.objectName(), "t" + i);
            }
            put(host, ORPHAN);
            put(host, ORPHAN + ".tag.a");
            put(host, "backups/orders/2026-11-20T08:00:00.000Z.json.tag.lonely");
            manager.planPrune(PruneHost.last(4)).execute();
            put(host, manager.listBackups().get(0).objectName() + ".removed.2026-11-20T20:00:00.000Z");
            host.pass(PruneHost.GRACE);
            for (int i = 5; i < 7; i++) {
                host.backup(manager, i);
            }
        }
        return host;
    }

    private static void put(PruneHost host, String key) throws IOException {
        host.storage.upload(key, ContentWriter.of(new byte[2]), PutCondition.none());
    }

    private static void prune(BackupManager manager) throws IOException {
        manager.planPrune(PruneHost.last(2)).execute();
    }

    @ParameterizedTest
    @EnumSource(Moment.class)
    void everythingListedCanBeRestoredAndTheNextPruneFinishes(Moment moment) throws Exception {
        PruneHost whole = prepared();
        CountingStorageClient counting = new CountingStorageClient(whole.storage);
        try (BackupManager manager = whole.manager(counting)) {
            prune(manager);
        }
        for (int request = 1; request <= counting.total(); request++) {
            PruneHost host = prepared();
            try (BackupManager dying = host.manager(new CountingStorageClient(host.storage).crashAt(request, moment))) {
                assertThat(catchThrowable(() -> prune(dying))).isInstanceOf(Crash.class);
            } catch (Crash e) {
                // The dead do not close.
            }
            lookAround(host, "killed " + moment + " request " + request);
        }
    }

    private static void lookAround(PruneHost host, String what) throws IOException {
        try (BackupManager next = host.manager()) {
            requireGood(host, next, what);
            prune(next);
            requireGood(host, next, what);
            host.pass(PruneHost.GRACE);
            prune(next);
            List<Backup> left = next.listBackups();
            assertThat(left).as(what).hasSize(3).filteredOn(Backup::isPinned).hasSize(1);
            Set<String> expected = new TreeSet<>();
            for (Backup backup : left) {
                expected.add(backup.objectName());
                expected.add(backup.objectName() + ".manifest.json");
                backup.tags().forEach(tag -> expected.add(backup.objectName() + ".tag." + tag));
                if (backup.isPinned()) {
                    expected.add(backup.objectName() + ".pinned");
                }
            }
            assertThat(host.keys()).as(what).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    /** Numbers 6 and 5 are the last two, 1 is pinned. */
    private static void requireGood(PruneHost host, BackupManager manager, String what) throws IOException {
        Set<String> numbers = new TreeSet<>();
        for (Backup backup : manager.listBackups()) {
            if (backup.hasManifest()) {
                numbers.add(host.restored(manager, backup.objectName()));
            } else {
                assertThat(backup.objectName()).as(what).isEqualTo(ORPHAN);
            }
        }
        assertThat(numbers).as(what).contains("1", "5", "6");
    }

    @Test
    void aStoreThatFailsAtRandomLosesNothing() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 25; round++) {
            PruneHost host = prepared();
            FaultyStorageClient faulty = new FaultyStorageClient(host.storage).failRandomly(random.nextLong(), 0.3);
            try (BackupManager manager = BackupManager.builder()
                    .storage(faulty)
                    .clock(host.clock)
                    .time(
                            () -> Duration.between(java.time.Instant.EPOCH, host.clock.instant())
                                    .toNanos(),
                            host::pass)
                    .gracePeriod(PruneHost.GRACE)
                    .retryPolicy(
                            io.kvbackup.storage.retry.RetryPolicy.defaults().withAttempts(1))
                    .build()) {
                try {
                    prune(manager);
                } catch (IOException e) {
                    // As was to be expected.
                }
            }
            lookAround(host, "seed " + seed + ", round " + round);
        }
    }

    @Test
    void aPlanOfAClosedManagerIsNotExecuted() throws Exception {
        PruneHost host = prepared();
        BackupManager manager = host.manager();
        PrunePlan plan = manager.planPrune(PruneHost.last(2));
        manager.close();

        assertThatThrownBy(plan::execute).isInstanceOf(IllegalStateException.class);
    }
}

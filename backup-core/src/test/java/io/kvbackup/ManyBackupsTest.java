package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.disk.OtherProcess;
import io.kvbackup.model.Backup;
import io.kvbackup.prune.PrunePlan;
import io.kvbackup.retention.RetentionPolicy;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.fake.GeneratedStorageClient;
import io.kvbackup.verify.VerifyDueOptions;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** More backups than would fit into the heap, one by one. */
class ManyBackupsTest {
    private static final Instant START = Instant.parse("2020-01-01T00:00:00Z");
    private static final Duration STEP = Duration.ofMinutes(5);
    private static final List<String> QUICK_START = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    /** A fifth of what is to fit into 64 MiB, and a fifth of what these leave to it; a JVM itself wants about 10. */
    @Test
    void manyAreListed() throws Exception {
        List<String> options = new ArrayList<>(QUICK_START);
        options.add("-Xmx16m");
        OtherProcess.run(options, Listing.class, Duration.ofMinutes(2), 20_000);
    }

    @Test
    @Tag("thorough")
    void manyArePlannedAndPruned() throws Exception {
        OtherProcess.run(QUICK_START, Pruning.class, Duration.ofMinutes(2), 5_000);
    }

    @Test
    @Tag("soak")
    void aHundredThousandAreListed() throws Exception {
        OtherProcess.run(QUICK_START, Listing.class, Duration.ofMinutes(2), 100_000);
    }

    @Test
    @Tag("soak")
    void aMillionAreListedPlannedAndPruned() throws Exception {
        OtherProcess.run(Listing.class, Duration.ofMinutes(10), 1_000_000);
        OtherProcess.run(Pruning.class, Duration.ofMinutes(30), 1_000_000);
    }

    private static final class Host {
        final int count;
        final TestClock clock;
        final GeneratedStorageClient store;

        Host(String[] args) {
            count = Integer.parseInt(args[0]);
            clock = new TestClock(START.plus(STEP.multipliedBy(count)));
            store = new GeneratedStorageClient(
                    "orders", "cbor.zst", START, STEP, count, new MemoryStorageClient(clock), clock);
        }

        BackupManager manager() throws IOException {
            return BackupManager.builder().storage(store).clock(clock).build();
        }
    }

    static final class Listing {
        private Listing() {}

        public static void main(String[] args) throws IOException {
            Host host = new Host(args);
            try (BackupManager manager = host.manager()) {
                try (Stream<Backup> all = manager.streamBackups(BackupQuery.all())) {
                    int left = host.count;
                    for (Iterator<Backup> each = all.iterator(); each.hasNext(); ) {
                        Backup backup = each.next();
                        assertThat(backup.objectName()).isEqualTo(host.store.name(--left));
                        assertThat(backup.hasManifest()).isTrue();
                    }
                    assertThat(left).isZero();
                }
                BackupQuery week = BackupQuery.all()
                        .database("orders")
                        .from(START.plus(Duration.ofDays(7)))
                        .before(START.plus(Duration.ofDays(14)));
                try (Stream<Backup> some = manager.streamBackups(week)) {
                    assertThat(some.count()).isEqualTo(7 * 288);
                }
                assertThat(manager.health(Duration.ofMinutes(5))
                                .databases()
                                .get("orders")
                                .newest()
                                .orElseThrow()
                                .objectName())
                        .isEqualTo(host.store.name(host.count - 1));
                assertThat(manager.verifyDue(VerifyDueOptions.builder()
                                        .atMost(Duration.ofNanos(1))
                                        .build())
                                .skipped()
                                .size())
                        .isEqualTo(host.count);
                assertThat(manager.listBackups().size()).isEqualTo(host.count);
                assertThat(manager.listBackups("orders").get(host.count - 1).timestamp())
                        .isEqualTo(START);
            }
        }
    }

    static final class Pruning {
        private Pruning() {}

        public static void main(String[] args) throws IOException {
            Host host = new Host(args);
            RetentionPolicy policy =
                    RetentionPolicy.builder().keepLast(100).keepYearly(50).build();
            try (BackupManager manager = host.manager()) {
                PrunePlan plan = manager.planPrune(policy);
                int kept = plan.kept().size();
                assertThat(kept).isBetween(100, 150);
                assertThat(plan.removed().size()).isEqualTo(host.count - kept);
                assertThat(plan.kept().get(0).backup().objectName()).isEqualTo(host.store.name(host.count - 1));
                assertThat(plan.bytesFreed()).isPositive();

                assertThat(plan.execute().removed().size()).isEqualTo(host.count - kept);

                assertThat(host.store.manifests()).isEqualTo(kept);
                assertThat(host.store.archives()).isEqualTo(host.count);
                host.clock.advanceSeconds(Duration.ofDays(2).toSeconds());
                assertThat(manager.planPrune(policy).execute().collected().size())
                        .isEqualTo(host.count - kept);
                assertThat(host.store.archives()).isEqualTo(kept);
                assertThat(host.store.tombstones()).isZero();
                assertThat(manager.listBackups()).hasSize(kept);
            }
        }
    }
}

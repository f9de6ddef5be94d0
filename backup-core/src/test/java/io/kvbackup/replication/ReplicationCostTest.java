package io.kvbackup.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.TestClock;
import io.kvbackup.format.log.SegmentSpan;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.fake.CountingStorageClient;
import io.kvbackup.storage.fake.StorageOperation;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What replication asks of a store, in virtual time; a store is paid by the request. */
class ReplicationCostTest {
    private static final int BUSY_MINUTES = 12;
    private static final int IDLE_MINUTES = 60;

    @TempDir
    Path folder;

    private final TestClock clock = new TestClock(Instant.parse("2026-11-20T12:00:00Z"));
    private final FakeLog log = new FakeLog("h", clock);
    private final CountingStorageClient store = new CountingStorageClient(new MemoryStorageClient());

    @Test
    void busyAndIdle() throws Exception {
        try (VirtualReplica replica = new VirtualReplica(
                        clock, log, ReplicationOptions.defaults(), folder, Map.of(ReplicationOptions.OWN_STORE, store))
                .begin()) {
            replica.settle();
            replica.settle();
            String timeline = replica.tenure.line().timeline();

            store.reset();
            run(replica, BUSY_MINUTES, true);
            double busy = store.total() / (BUSY_MINUTES * 60.0);
            int merged = 0;
            for (SegmentSpan span : VirtualReplica.spans(store, timeline)) {
                merged += span.to() - span.from() > 1000 ? 1 : 0;
            }

            assertThat(store.count(StorageOperation.LIST) - 1).isZero(); // the test itself has listed
            assertThat(busy).isBetween(1.0, 1.15);
            assertThat(merged).isEqualTo(2);

            store.reset();
            run(replica, IDLE_MINUTES, false);
            assertThat(store.total() / (IDLE_MINUTES * 60.0)).isBetween(0.05, 0.15);
            assertThat(store.count(StorageOperation.LIST)).isZero();
            assertThat(replica.lag(ReplicationOptions.OWN_STORE)).isZero();
        }
        // What was merged is there once, an hour later.
        String timeline = VirtualReplica.timelines(store).get(0);
        assertThat(VirtualReplica.commits(store, timeline)).hasSize(BUSY_MINUTES * 60 * 20);
        assertThat(VirtualReplica.spans(store, timeline)).hasSizeLessThan(200);
    }

    private void run(VirtualReplica replica, int minutes, boolean busy) throws Exception {
        for (long tick = 0; tick < minutes * 60L * 20L; tick++) {
            replica.pass(Tailer.POLL);
            if (busy) {
                log.put("k" + tick % 1000, "v" + tick);
            }
            replica.tenure.tailer.poll();
            replica.ship();
            if (tick % 10 == 0) {
                replica.keepLeases();
            }
            if (tick % 20 == 0) {
                replica.tenure.bases.step();
                replica.tenure.merger.step();
                replica.tenure.enforce();
            }
        }
    }
}

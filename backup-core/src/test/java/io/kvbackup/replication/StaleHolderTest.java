package io.kvbackup.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.TestClock;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PreconditionFailedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that sleeps for longer than its lease and goes on as if nothing had been. */
class StaleHolderTest {
    @TempDir
    Path folder;

    private final TestClock clock = new TestClock(Instant.parse("2026-11-20T12:00:00Z"));
    private final FakeLog log = new FakeLog("h", clock);
    private final MemoryStorageClient store = new MemoryStorageClient();

    private VirtualReplica replica(FakeLog of) throws Exception {
        return new VirtualReplica(
                clock, of, ReplicationOptions.defaults(), folder, Map.of(ReplicationOptions.OWN_STORE, store));
    }

    @Test
    void writesIntoItsOwnTimelineAndLosesTheLease() throws Exception {
        try (VirtualReplica asleep = replica(log).begin();
                VirtualReplica next = replica(log)) {
            asleep.settle();
            log.put("k1", "v1");
            asleep.settle();
            log.put("k2", "read before it fell asleep");
            asleep.tenure.tailer.poll();

            assertThatThrownBy(next::begin).isInstanceOf(IOException.class).hasMessageContaining("replication-orders");
            next.pass(StoreLog.TTL);
            next.begin();
            next.settle();
            log.put("k3", "v3");
            next.settle();
            next.keepLeases();
            asleep.pass(StoreLog.TTL.plus(Duration.ofSeconds(1)));
            asleep.tenure.tailer.poll();
            asleep.tenure.tailer.closeSegment();
            asleep.ship();

            String old = asleep.tenure.line().timeline();
            String young = next.tenure.line().timeline();
            assertThat(young).isGreaterThan(old);
            assertThat(VirtualReplica.commits(store, young)).containsOnlyKeys(2L, 3L);
            assertThat(VirtualReplica.commits(store, old)).containsOnlyKeys(1L, 2L, 3L);
            assertThatThrownBy(asleep::keepLeases).isInstanceOf(PreconditionFailedException.class);
            assertThatThrownBy(() -> asleep.store(0).beat()).isInstanceOf(PreconditionFailedException.class);
        }
        // The lease still tells of the young one.
        try (VirtualReplica third = replica(log)) {
            assertThatThrownBy(third::begin).isInstanceOf(IOException.class);
            third.pass(StoreLog.TTL);
            third.begin();
            assertThat(third.store(0).parent().orElseThrow().position()).isEqualTo(3);
        }
    }
}

package io.kvbackup.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.TestClock;
import io.kvbackup.database.ChangeGapException;
import io.kvbackup.storage.MemoryStorageClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the log does not show ends a timeline, even if no position tells. */
class GapTest {
    @TempDir
    Path folder;

    private final TestClock clock = new TestClock(Instant.parse("2026-11-20T12:00:00Z"));
    private final FakeLog log = new FakeLog("h", clock);
    private final MemoryStorageClient store = new MemoryStorageClient();
    private VirtualReplica replica;

    @BeforeEach
    void streaming() throws Exception {
        replica = new VirtualReplica(
                        clock, log, ReplicationOptions.defaults(), folder, Map.of(ReplicationOptions.OWN_STORE, store))
                .begin();
        replica.settle();
        log.put("k1", "v1");
        replica.settle();
    }

    private boolean isBased() {
        return replica.tenure.spool.isBased(replica.cursor(ReplicationOptions.OWN_STORE));
    }

    @Test
    void anotherTimelineBeginsAndWhatCameBeforeIsShipped() throws Exception {
        String before = replica.tenure.line().timeline();
        log.put("k2", "v2");
        replica.tenure.tailer.poll();
        log.hideSomething();
        assertThatThrownBy(() -> replica.tenure.tailer.poll()).isInstanceOf(ChangeGapException.class);
        replica.tenure.beginAnew();
        replica.pass(Duration.ofSeconds(5));

        assertThat(isBased()).isFalse();
        assertThat(replica.lag(ReplicationOptions.OWN_STORE)).isGreaterThanOrEqualTo(Duration.ofSeconds(5));

        log.put("k3", "v3");
        replica.settle();
        String after = replica.tenure.line().timeline();

        assertThat(isBased()).isTrue();
        assertThat(after).isGreaterThan(before);
        assertThat(VirtualReplica.commits(store, before)).containsOnly(Map.entry(1L, "k1=v1"), Map.entry(2L, "k2=v2"));
        assertThat(VirtualReplica.commits(store, after)).containsOnly(Map.entry(3L, "k3=v3"));
        assertThat(replica.bases).hasSize(2);
        assertThat(replica.bases.get(1)).contains(after).contains("h+");
    }

    @Test
    void aBaseThatWasBegunBeforeTheGapDoesNotCount() throws Exception {
        log.hideSomething();
        assertThatThrownBy(() -> replica.tenure.tailer.poll()).isInstanceOf(ChangeGapException.class);
        replica.tenure.beginAnew();
        for (int i = 0; i < 3; i++) {
            replica.ship();
        }
        log.hideSomething(); // seen by the polls that the base waits for

        replica.tenure.bases.step();

        assertThat(isBased()).isFalse();
        assertThat(replica.bases).hasSize(1);
        assertThat(replica.tenure.bases.problem()).isPresent();
    }

    @Test
    void aLogThatWasThrownAwayBeforeItWasReadIsAGap() throws Exception {
        log.put("k2", "v2");
        log.forget();
        assertThatThrownBy(() -> replica.tenure.tailer.poll()).isInstanceOf(ChangeGapException.class);
        replica.tenure.beginAnew();
        log.put("k3", "v3");
        replica.settle();
        assertThat(VirtualReplica.commits(store, replica.tenure.line().timeline()))
                .containsOnly(Map.entry(3L, "k3=v3"));
    }

    @Test
    void aSegmentThatCannotBeClosedIsReadAgain() throws Exception {
        String line = replica.tenure.line().timeline();
        log.put("k2", "v2");
        log.busy(true);
        replica.tenure.tailer.syncing(true);
        assertThatThrownBy(() -> replica.tenure.tailer.poll()).hasMessageContaining("locked");
        replica.tenure.tailer.syncing(false);
        log.busy(false);

        log.put("k3", "v3");
        replica.settle();

        assertThat(VirtualReplica.commits(store, line))
                .containsOnly(Map.entry(1L, "k1=v1"), Map.entry(2L, "k2=v2"), Map.entry(3L, "k3=v3"));
    }
}

package io.kvbackup.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.TestClock;
import io.kvbackup.format.TimelineJson;
import io.kvbackup.format.TimelineRecord;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A new tenure goes on where the last one ended only if the log proves that it holds what the store has. */
class ResumeByProofTest {
    @TempDir
    Path folder;

    private final TestClock clock = new TestClock(Instant.parse("2026-11-20T12:00:00Z"));
    private final FakeLog log = new FakeLog("h", clock);
    private final MemoryStorageClient store = new MemoryStorageClient();

    private VirtualReplica replica() throws Exception {
        return new VirtualReplica(
                clock, log, ReplicationOptions.defaults(), folder, Map.of(ReplicationOptions.OWN_STORE, store));
    }

    /** Replicates three commits and ends well; returns its timeline. */
    private String firstTenure() throws Exception {
        try (VirtualReplica first = replica().begin()) {
            first.settle();
            for (int i = 1; i <= 3; i++) {
                log.put("k" + i, "v" + i);
            }
            first.pass(Duration.ofSeconds(2));
            first.stop();
            return first.tenure.line().timeline();
        }
    }

    private TimelineRecord record(String timeline) throws Exception {
        String name = "log/orders/" + timeline + "/timeline.json";
        try (InputStream in = store.download(name, ByteRange.all())) {
            return TimelineJson.decode(in.readAllBytes(), name);
        }
    }

    @Test
    void goesOnWithoutABaseIfTheLogHoldsTheLastCommit() throws Exception {
        String before = firstTenure();
        log.put("k4", "v4");
        try (VirtualReplica second = replica().begin()) {
            second.settle();
            String timeline = second.tenure.line().timeline();

            assertThat(second.bases).isEmpty();
            assertThat(VirtualReplica.commits(store, timeline)).containsOnly(Map.entry(4L, "k4=v4"));
            assertThat(record(timeline).goesOn(record(before))).isTrue();
            assertThat(record(timeline).position()).isEqualTo(3);
        }
    }

    @Test
    void aLogThatWasCutAndFilledAgainGetsABase() throws Exception {
        String before = firstTenure();
        log.cut(1);
        log.put("k2", "other");
        log.put("k3", "v3");
        log.put("k4", "v4");
        try (VirtualReplica second = replica().begin()) {
            second.settle();
            String timeline = second.tenure.line().timeline();

            assertThat(second.bases).hasSize(1);
            assertThat(record(timeline).goesOn(record(before))).isFalse();
            assertThat(record(timeline).history()).startsWith("h+");
            assertThat(VirtualReplica.commits(store, before)).containsValue("k2=v2");
        }
    }

    @Test
    void aLogThatIsShorterThanTheStoreGetsABase() throws Exception {
        firstTenure();
        log.cut(1);
        try (VirtualReplica second = replica().begin()) {
            second.settle();
            assertThat(second.bases).hasSize(1);
        }
    }

    @Test
    void anotherHistoryGetsABaseUnderItsOwnName() throws Exception {
        firstTenure();
        FakeLog other = new FakeLog("other", clock);
        for (int i = 1; i <= 3; i++) {
            other.put("k" + i, "v" + i);
        }
        try (VirtualReplica second = new VirtualReplica(
                        clock,
                        other,
                        ReplicationOptions.defaults(),
                        folder,
                        Map.of(ReplicationOptions.OWN_STORE, store))
                .begin()) {
            second.settle();
            assertThat(second.bases).hasSize(1);
            assertThat(record(second.tenure.line().timeline()).history()).isEqualTo("other");
        }
    }

    @Test
    void aTimelineWithoutBaseIsNotGoneOnWith() throws Exception {
        try (VirtualReplica first = replica().begin()) {
            first.ship();
            first.ship();
            log.put("k1", "v1");
            first.tenure.tailer.poll();
            first.tenure.tailer.closeSegment();
            for (int i = 0; i < 5; i++) {
                first.ship();
            }
            assertThat(VirtualReplica.spans(store, first.tenure.line().timeline()))
                    .hasSize(1);
            first.store(0).close();
        }
        try (VirtualReplica second = replica().begin()) {
            second.settle();
            assertThat(second.bases).hasSize(1);
        }
    }

    @Test
    void aLogThatNoLongerReachesBackGetsABase() throws Exception {
        firstTenure();
        log.put("k4", "v4");
        log.forget();
        try (VirtualReplica second = replica().begin()) {
            second.settle();
            assertThat(second.bases).hasSize(1);
        }
    }

    @Test
    void aDamagedLastSegmentProvesNothing() throws Exception {
        String before = firstTenure();
        String name = "log/orders/" + before + "/"
                + VirtualReplica.spans(store, before).get(0).fileName();
        byte[] bytes;
        try (InputStream in = store.download(name, ByteRange.all())) {
            bytes = in.readAllBytes();
        }
        bytes[bytes.length / 2] ^= 1;
        store.upload(name, ContentWriter.of(bytes), PutCondition.none());
        try (VirtualReplica second = replica().begin()) {
            second.settle();
            assertThat(second.bases).hasSize(1);
        }
    }
}

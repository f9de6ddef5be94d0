package io.kvbackup.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.TestClock;
import io.kvbackup.format.log.SegmentSpan;
import io.kvbackup.storage.MemoryStorageClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

/** In virtual time: the lag is never too small, and what is said to be complete stays complete. */
class LagHonestTest {
    private static final int STEPS = 400;

    @TempDir
    Path folder;

    private final TestClock clock = new TestClock(Instant.parse("2026-11-20T12:00:00.123456Z"));
    private final FakeLog log = new FakeLog("h", clock);
    private final MemoryStorageClient store = new MemoryStorageClient();
    /** When each commit was made, by the clock that is never set back. */
    private final TreeMap<Long, Long> made = new TreeMap<>();

    private Instant promised = Instant.EPOCH;

    @RepeatedTest(8)
    void lagIsAtLeastTheTruth() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("LagHonestTest seed " + seed);
        Random random = new Random(seed);
        try (VirtualReplica replica = new VirtualReplica(
                        clock, log, ReplicationOptions.defaults(), folder, Map.of(ReplicationOptions.OWN_STORE, store))
                .begin()) {
            for (int i = 0; i < STEPS; i++) {
                step(replica, random);
                check(replica, "seed " + seed + ", step " + i);
            }
            replica.settle();
            assertThat(replica.lag(ReplicationOptions.OWN_STORE)).isZero();
        }
    }

    private void step(VirtualReplica replica, Random random) throws Exception {
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> made.put(log.put("k" + random.nextInt(50), "v" + random.nextInt()), replica.nanos.get());
            case 3 -> log.pass();
            case 4, 5 -> replica.tenure.tailer.poll();
            case 6 -> replica.ship();
            case 7 -> replica.tenure.bases.step();
            case 8 -> replica.pass(Duration.ofMillis(random.nextInt(random.nextBoolean() ? 80 : 1500)));
            default -> {
                if (random.nextInt(8) == 0) {
                    clock.advance(Duration.ofMillis(random.nextInt(600) - 300)); // somebody sets the clock
                }
            }
        }
    }

    private void check(VirtualReplica replica, String where) throws Exception {
        long stored = 0;
        for (SegmentSpan span :
                VirtualReplica.spans(store, replica.tenure.line().timeline())) {
            stored = Math.max(stored, span.to());
        }
        long has = Math.max(stored, replica.baseAt);
        boolean based = !replica.bases.isEmpty();
        long now = replica.nanos.get();
        long oldest = made.tailMap(based ? has : 0, false).values().stream()
                .mapToLong(Long::longValue)
                .min()
                .orElse(now);
        Duration truth = Duration.ofNanos(now - oldest);
        assertThat(replica.lag(ReplicationOptions.OWN_STORE)).as(where).isGreaterThanOrEqualTo(truth);
        Instant synced = replica.tenure.spool.syncedThrough(replica.cursor(ReplicationOptions.OWN_STORE));
        assertThat(synced).as(where).isAfterOrEqualTo(promised);
        promised = synced;
    }
}

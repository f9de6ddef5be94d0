package io.kvbackup.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.faults.FaultReport.Outcome;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.fake.FaultMix;
import io.kvbackup.storage.fake.FaultyStorageClient;
import io.kvbackup.storage.fake.FaultyStorageClient.Fault;
import io.kvbackup.storage.fake.OpenStreams;
import io.kvbackup.storage.retry.HastyRetries;
import io.kvbackup.storage.retry.RetryPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Runs on a fake that fails in every way. */
class FakeFaultRunsTest {
    private static final SideBySide RUNS = new SideBySide(Runtime.getRuntime().availableProcessors());
    private static final int STEPS = 6;
    private static final int LARGE = 300_000;
    private static final RetryPolicy POLICY = RetryPolicy.defaults().withAttempts(3);
    private static final RetryPolicy OUTER = RetryPolicy.defaults()
            .withAttempts(2)
            .withDelays(Duration.ofMillis(1), Duration.ofMillis(1), 0)
            .withDeadlines(Duration.ofMinutes(1), Duration.ofMinutes(1));

    private final Set<Fault> struck = EnumSet.noneOf(Fault.class);
    private final FaultReport report = new FaultReport();

    @Test
    void everyBackupAndRestoreHoldsOrFailsClearly() throws InterruptedException {
        runAll("fake", 60);
    }

    @Test
    @Tag("thorough")
    void everyBackupAndRestoreHoldsOrFailsClearlyMoreOften() throws InterruptedException {
        runAll("fake, thorough", 300);
        if (FaultSeeds.areThoseByDefault()) {
            assertThat(report.count(Outcome.BACKUP_MADE)).isPositive();
            assertThat(struck)
                    .contains(Fault.BEFORE, Fault.AFTER, Fault.PARTIAL, Fault.SLOW, Fault.THROTTLED, Fault.HANG);
        }
    }

    @Test
    @Tag("soak")
    void everyBackupAndRestoreHoldsOrFailsClearlyForLong() throws InterruptedException {
        runAll("fake, soak", 20_000);
    }

    @Test
    void staleListingsLoseNothing() throws InterruptedException {
        runStale(20);
    }

    @Test
    @Tag("thorough")
    void staleListingsLoseNothingMoreOften() throws InterruptedException {
        runStale(100);
    }

    private void runStale(int runs) throws InterruptedException {
        FaultMix stale = FaultMix.of(0.2, Fault.STALE, Fault.STALE, Fault.STALE, Fault.BEFORE);
        RUNS.run(FaultSeeds.of("stale listings", runs), seed -> run(seed, stale, false));
        if (FaultSeeds.areThoseByDefault()) {
            assertThat(struck).contains(Fault.STALE);
        }
    }

    private void runAll(String what, int runs) throws InterruptedException {
        WorkerLeaks leaks = new WorkerLeaks();
        // From stores that hiccup to stores that are hardly there.
        RUNS.run(
                FaultSeeds.of(what, runs),
                seed -> run(seed, FaultMix.everything(new Random(seed).nextInt(8) / 15.0), true));
        System.out.println(what + ": " + report);
        leaks.assertNone("kvbackup", SideBySide.THREADS);
    }

    private void run(long seed, FaultMix mix, boolean truthfulLists) throws IOException {
        StorageClient honest = new MemoryStorageClient();
        OpenStreams streams = new OpenStreams(honest);
        FaultyStorageClient[] faulty = new FaultyStorageClient[1];
        try (StorageClient client = HastyRetries.around(
                onHang -> faulty[0] = new FaultyStorageClient(streams, onHang).failRandomly(seed, mix), POLICY, seed)) {
            FaultySetup setup = new FaultySetup(client, honest, OUTER, Duration.ofMinutes(2), truthfulLists, LARGE);
            FaultReport run = new FaultRun(seed, setup).run(STEPS);
            streams.assertNone();
            add(run, faulty[0]);
        }
    }

    private synchronized void add(FaultReport run, FaultyStorageClient faulty) {
        report.add(run);
        for (Fault fault : Fault.values()) {
            if (faulty.struck(fault) > 0) {
                struck.add(fault);
            }
        }
    }
}

package io.kvbackup.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvbackup.faults.FaultReport.Outcome;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.fake.OpenStreams;
import io.kvbackup.storage.faults.FaultProxy;
import io.kvbackup.storage.faults.ProxyFault.Kind;
import io.kvbackup.storage.faults.SeededFaults;
import io.kvbackup.storage.retry.RetryPolicy;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Backups and restores over a network that fails in every way, before a real server. */
public abstract class ServerFaultRuns {
    /** Most of a run's time goes by in waiting for what does not come. */
    private static final int SIDE_BY_SIDE = 12;
    /** A stall costs the client a time-out, so only one run in so many has one. */
    private static final int RUNS_PER_STALL = 4;

    private static final int RUNS_PER_DEAD_STORE = 10;
    private static final int STEPS = 5;
    /** A client whose threads start as they are needed has all of them after so many calls. */
    private static final int THREADS_OF_A_CLIENT = 5;

    /**
     * The JDK keeps connections for 5 s, and waits as long for the missing rest of each of ten answers, one after the
     * other.
     */
    private static final Duration CONNECTIONS_LINGER = Duration.ofMinutes(1);

    private static final Kind[] KINDS =
            EnumSet.complementOf(EnumSet.of(Kind.NONE)).toArray(Kind[]::new);
    private static final RetryPolicy OUTER = RetryPolicy.defaults()
            .withAttempts(3)
            .withDelays(Duration.ofMillis(1), Duration.ofMillis(2), 0.5)
            .withDeadlines(Duration.ofSeconds(40), Duration.ofSeconds(80));

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Map<Long, FaultProxy> proxies = new ConcurrentHashMap<>();
    private final FaultReport report = new FaultReport();
    private final Set<Kind> struck = EnumSet.noneOf(Kind.class);

    /** A new place on the server. */
    protected abstract FaultySite open(long seed) throws Exception;

    @Test
    @Tag("thorough")
    void everyBackupAndRestoreHoldsOrFailsClearly() throws Exception {
        runAll(40);
    }

    @Test
    @Tag("soak")
    void everyBackupAndRestoreHoldsOrFailsClearlyForLong() throws Exception {
        runAll(1_000);
    }

    private void runAll(int runs) throws Exception {
        for (int i = 0; i < THREADS_OF_A_CLIENT; i++) {
            open(i).close(); // starts what all sites share, so that its threads are no leak
        }
        WorkerLeaks leaks = new WorkerLeaks();
        String what = getClass().getSimpleName();
        try {
            new SideBySide(SIDE_BY_SIDE).run(FaultSeeds.of(what, runs), this::run);
            System.out.println(what + ": " + report + ", struck by " + struck);
            if (FaultSeeds.areThoseByDefault()) {
                assertThat(report.count(Outcome.BACKUP_MADE)).isPositive();
                assertThat(struck).contains(KINDS);
            }
            await().pollDelay(Duration.ZERO)
                    .atMost(CONNECTIONS_LINGER)
                    .untilAsserted(() -> assertThat(openConnections())
                            .as("seeds whose connections are open")
                            .isEmpty());
        } finally {
            for (FaultProxy proxy : proxies.values()) {
                proxy.close();
            }
        }
        leaks.assertNone("kvbackup", "fault-proxy", "sdk-", "gcs-server", SideBySide.THREADS);
    }

    /** Before connections are counted: what a client needs in order to close those that nobody uses. */
    protected void release() {}

    private Set<Long> openConnections() {
        release();
        Set<Long> seeds = new TreeSet<>(proxies.keySet());
        seeds.removeIf(seed -> proxies.get(seed).openConnections() == 0);
        return seeds;
    }

    private void run(long seed) throws Exception {
        int stalls = seed % RUNS_PER_STALL == 0 ? 1 : 0;
        SeededFaults faults = new SeededFaults(seed, probability(seed), stalls, KINDS);
        try (FaultySite site = open(seed)) {
            FaultProxy proxy = FaultProxy.start(site.server(), faults);
            proxies.put(seed, proxy);
            try (StorageClient client = site.connect(proxy.endpoint())) {
                OpenStreams streams = new OpenStreams(client);
                FaultySetup setup = new FaultySetup(streams, site.honest(), OUTER, PATIENCE, true, site.largeBytes());
                add(new FaultRun(seed, setup).run(STEPS), faults);
                streams.assertNone();
            }
            // The client may have gone before the proxy has noted its last requests, or the server has done them.
            await().untilAsserted(() -> assertThat(site.unfinishedUploads())
                    .as("unfinished uploads of seed %d, without those whose id was lost with the reply", seed)
                    .isLessThanOrEqualTo(
                            proxy.exchanges().stream().mapToInt(site::excused).sum()));
        }
    }

    private synchronized void add(FaultReport run, SeededFaults faults) {
        report.add(run);
        struck.addAll(faults.struck().keySet());
    }

    /** Most stores hiccup, a few are hardly there. */
    private static double probability(long seed) {
        return seed % RUNS_PER_DEAD_STORE == 0 ? 0.85 : new Random(seed).nextInt(6) / 10.0;
    }
}

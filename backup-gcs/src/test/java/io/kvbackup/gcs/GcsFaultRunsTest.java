package io.kvbackup.gcs;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.cloud.storage.Storage;
import io.kvbackup.faults.FaultReport;
import io.kvbackup.faults.FaultReport.Outcome;
import io.kvbackup.faults.FaultRun;
import io.kvbackup.faults.FaultSeeds;
import io.kvbackup.faults.FaultySetup;
import io.kvbackup.faults.WorkerLeaks;
import io.kvbackup.gcs.server.GcsServer;
import io.kvbackup.storage.RetryPolicy;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.fake.OpenStreams;
import io.kvbackup.storage.faults.FaultProxy;
import io.kvbackup.storage.faults.ProxyFault.Kind;
import io.kvbackup.storage.faults.SeededFaults;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Backups and restores over a network that fails in every way. */
class GcsFaultRunsTest {
    private static final int STEPS = 6;
    private static final int CHUNK = GcsSettings.GRANULARITY;
    private static final int LARGE = 5 * CHUNK + 7;
    /** A stall costs the client a time-out, so only one run in so many has one. */
    private static final int RUNS_PER_STALL = 4;

    private static final Kind[] KINDS = {
        Kind.RESET_REQUEST,
        Kind.STALL_REQUEST,
        Kind.RESET_RESPONSE,
        Kind.TRUNCATE_RESPONSE,
        Kind.STALL_RESPONSE,
        Kind.TRICKLE,
        Kind.STATUS,
        Kind.STATUS_AFTER_EFFECT,
        Kind.RESET_AFTER_EFFECT,
        Kind.DUPLICATE,
        Kind.REFUSE
    };
    private static final RetryPolicy OUTER = RetryPolicy.defaults()
            .withAttempts(3)
            .withDelays(Duration.ofMillis(1), Duration.ofMillis(2), 0.5)
            .withDeadlines(Duration.ofSeconds(40), Duration.ofSeconds(80));

    private final GcsSettings settings =
            new GcsSettings(CHUNK, null, null, Duration.ofSeconds(1), Duration.ofSeconds(4), Duration.ofMillis(1));
    private final FaultReport report = new FaultReport();
    private final Set<Kind> struck = EnumSet.noneOf(Kind.class);

    @Test
    @Tag("soak")
    void everyBackupAndRestoreHoldsOrFailsClearlyForLong() throws Exception {
        runAll(1_000);
    }

    private void runAll(int runs) throws Exception {
        WorkerLeaks leaks = new WorkerLeaks();
        for (long seed : FaultSeeds.of("GcsServer", runs).toArray()) {
            run(seed);
        }
        System.out.println("GcsServer: " + report + ", struck by " + struck);
        assertThat(report.count(Outcome.BACKUP_MADE)).isPositive();
        leaks.assertNone("kvbackup", "fault-proxy", "gcs-server");
    }

    private void run(long seed) throws Exception {
        int stalls = seed % RUNS_PER_STALL == 0 ? 1 : 0;
        SeededFaults faults = new SeededFaults(seed, new Random(seed).nextInt(9) / 10.0, stalls, KINDS);
        try (GcsServer server = GcsServer.start("bucket");
                FaultProxy proxy = FaultProxy.start(URI.create(server.endpoint()), faults);
                Storage direct = storage(URI.create(server.endpoint()));
                Storage proxied = storage(proxy.endpoint());
                StorageClient honest = client(direct, seed);
                StorageClient client = client(proxied, seed)) {
            OpenStreams streams = new OpenStreams(client);
            FaultySetup setup = new FaultySetup(streams, honest, OUTER, Duration.ofMinutes(3), true, LARGE);
            report.add(new FaultRun(seed, setup).run(STEPS));
            streams.assertNone();
            assertThat(server.openUploads())
                    .as("resumable uploads of seed %d, without those whose address was lost with the reply", seed)
                    .isLessThanOrEqualTo(lostOpenings(proxy));
        }
        struck.addAll(faults.struck().keySet());
    }

    private Storage storage(URI endpoint) throws IOException {
        return GcsClients.create(
                new GcsConnection(endpoint, null, GcsConnection.NONE, Duration.ofSeconds(2)), settings);
    }

    private StorageClient client(Storage storage, long seed) {
        return GcsStorageClient.builder(storage, "bucket")
                .settings(settings)
                .pauses(Duration.ofMillis(1), Retries.THREAD, new Random(seed))
                .build();
    }

    /** Nobody can cancel a session of which nobody knows the address; it goes away after a week. */
    private static int lostOpenings(FaultProxy proxy) {
        return (int) proxy.exchanges().stream()
                .filter(exchange -> exchange.request().target().contains("uploadType=resumable")
                        && exchange.request().method().equals("POST"))
                .filter(exchange -> exchange.fault().mayHideSuccess())
                .count();
    }
}

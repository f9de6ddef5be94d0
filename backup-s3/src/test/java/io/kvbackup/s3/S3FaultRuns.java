package io.kvbackup.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvbackup.faults.FaultReport;
import io.kvbackup.faults.FaultReport.Outcome;
import io.kvbackup.faults.FaultRun;
import io.kvbackup.faults.FaultSeeds;
import io.kvbackup.faults.FaultySetup;
import io.kvbackup.faults.WorkerLeaks;
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
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/** Backups and restores over a network that fails in every way, on a real server. */
abstract class S3FaultRuns {
    private static final int STEPS = 5;
    private static final int LARGE = (11 << 20) + 7;
    /** A stall costs the client a time-out, so only one run in so many has one. */
    private static final int RUNS_PER_STALL = 4;

    private static final int RUNS_PER_DEAD_STORE = 25;
    private static final int THREADS_OF_A_CLIENT = 5;
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

    private final S3Settings settings = ScriptedS3.settings(
            builder -> builder.partSize(PartSizes.MIN).timeouts(Duration.ofSeconds(2), Duration.ofSeconds(4)));
    private final FaultReport report = new FaultReport();
    private final Set<Kind> struck = EnumSet.noneOf(Kind.class);

    /** The server, without a proxy. */
    abstract URI server();

    /** A client of the server or of a proxy before it; the caller closes it. */
    abstract S3Client connect(URI endpoint, S3Settings settings);

    /** Without faults; not to be closed. */
    abstract S3Client honest();

    abstract String newBucket();

    @Test
    void everyBackupAndRestoreHoldsOrFailsClearly() throws IOException {
        runAll(40);
        assertThat(struck).contains(KINDS);
    }

    @Test
    @Tag("soak")
    void everyBackupAndRestoreHoldsOrFailsClearlyForLong() throws IOException {
        runAll(1_000);
    }

    private void runAll(int runs) throws IOException {
        for (int i = 0; i < THREADS_OF_A_CLIENT; i++) {
            newBucket(); // starts the server and an honest client, whose threads are no leak
        }
        WorkerLeaks leaks = new WorkerLeaks();
        String what = getClass().getSimpleName();
        for (long seed : FaultSeeds.of(what, runs).toArray()) {
            run(seed);
        }
        System.out.println(what + ": " + report + ", struck by " + struck);
        assertThat(report.count(Outcome.BACKUP_MADE)).isPositive();
        leaks.assertNone("kvbackup", "fault-proxy", "sdk-");
    }

    private void run(long seed) throws IOException {
        String bucket = newBucket();
        int stalls = seed % RUNS_PER_STALL == 0 ? 1 : 0;
        SeededFaults faults = new SeededFaults(seed, probability(seed), stalls, KINDS);
        try (FaultProxy proxy = FaultProxy.start(server(), faults);
                StorageClient honest = S3StorageClient.of(honest(), bucket, "");
                S3StorageClient client = S3StorageClient.builder(connect(proxy.endpoint(), settings), bucket)
                        .settings(settings)
                        .owning()
                        .build()) {
            OpenStreams streams = new OpenStreams(client);
            FaultySetup setup = new FaultySetup(streams, honest, OUTER, Duration.ofMinutes(3), true, LARGE);
            report.add(new FaultRun(seed, setup).run(STEPS));
            streams.assertNone();
            client.close();
            await().pollDelay(Duration.ZERO)
                    .untilAsserted(() -> assertThat(proxy.openConnections())
                            .as("connections of seed %d", seed)
                            .isZero());
            assertThat(openUploads(bucket))
                    .as("multipart uploads of seed %d, without those whose id was lost with the reply", seed)
                    .hasSizeLessThanOrEqualTo(lostOpenings(proxy));
        }
        struck.addAll(faults.struck().keySet());
    }

    /** Most stores hiccup, a few are hardly there. */
    private static double probability(long seed) {
        return seed % RUNS_PER_DEAD_STORE == 0 ? 0.85 : new Random(seed).nextInt(6) / 10.0;
    }

    private List<MultipartUpload> openUploads(String bucket) {
        return honest().listMultipartUploads(request -> request.bucket(bucket)).uploads();
    }

    /** Nobody can abort an upload of which nobody knows the id; {@link S3StorageClient} says so. */
    private static int lostOpenings(FaultProxy proxy) {
        return (int) proxy.exchanges().stream()
                .filter(exchange -> exchange.request().method().equals("POST")
                        && exchange.request().target().contains("?uploads"))
                .filter(exchange -> exchange.fault().mayHideSuccess())
                .count();
    }
}

package io.kvbackup.gcs;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.gcs.server.GcsServer;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.faults.FaultProxy;
import io.kvbackup.storage.faults.ProxyRequest;
import io.kvbackup.storage.faults.ProxyScript;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Parts in flight keep a link with latency busy. */
class UploadSpeedTest {
    private static final int CHUNKS = 100;
    private static final int CHUNK = GcsSettings.GRANULARITY;
    private static final int ROUNDS = 3;
    private static final int CONCURRENCY = 4;
    private static final Duration LATENCY = Duration.ofMillis(50);

    /** The latency has to outweigh what this machine needs for a chunk, or there is nothing to hide. */
    private static final int OUTWEIGHS = 8;

    private final GcsSettings oneByOne =
            new GcsSettings(CHUNK, null, null, Duration.ofMinutes(1), Duration.ofMinutes(5), Duration.ofMillis(500));
    private final GcsSettings parallel = oneByOne.withConcurrency(CONCURRENCY);

    @Test
    void threeTimesAsFastAsOneChunkAtATime() throws Exception {
        try (GcsServer server = GcsServer.start("bucket");
                FaultProxy proxy = FaultProxy.start(URI.create(server.endpoint()), ProxyScript.HONEST)) {
            upload(proxy, oneByOne);
            long chunk = upload(proxy, oneByOne) / CHUNKS;
            Duration latency = Duration.ofNanos(Math.max(LATENCY.toNanos(), OUTWEIGHS * chunk));
            proxy.latency(latency);
            double best = 0;
            for (int round = 0; round < ROUNDS && best < 3; round++) {
                long slow = upload(proxy, oneByOne);
                long fast = upload(proxy, parallel);
                best = Math.max(best, (double) slow / fast);
                System.out.printf(
                        "%d chunks, %d ms for a chunk, %d ms latency: one by one %d ms, %d at once %d ms%n",
                        CHUNKS, chunk / 1_000_000, latency.toMillis(), slow / 1_000_000, CONCURRENCY, fast / 1_000_000);
            }
            assertThat(best).as("times as fast").isGreaterThanOrEqualTo(3);
            assertThat(proxy.mostAtOnce(UploadSpeedTest::isPart)).isEqualTo(CONCURRENCY);
        }
    }

    private static boolean isPart(ProxyRequest request) {
        return request.target().contains("kvbackup-parts") && request.target().contains("uploadType=");
    }

    /** Uploads a stream of unknown length; returns how long it took, in nanoseconds. */
    private static long upload(FaultProxy proxy, GcsSettings settings) throws IOException {
        try (GcsStorageClient client = GcsStorageClient.builder(
                        GcsClients.create(
                                new GcsConnection(proxy.endpoint(), null, GcsConnection.NONE, Duration.ofSeconds(5)),
                                settings),
                        "bucket")
                .settings(settings)
                .owning()
                .build()) {
            byte[] block = new byte[64 * 1024];
            long start = System.nanoTime();
            client.upload(
                    "stream",
                    out -> {
                        for (long left = (long) CHUNKS * settings.chunkSize(); left > 0; left -= block.length) {
                            out.write(block);
                        }
                    },
                    PutCondition.none());
            long nanos = System.nanoTime() - start;
            client.delete(List.of("stream")); // the server keeps it in memory
            return nanos;
        }
    }
}

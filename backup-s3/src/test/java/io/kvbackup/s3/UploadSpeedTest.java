package io.kvbackup.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.faults.FaultProxy;
import io.kvbackup.storage.faults.ProxyRequest;
import io.kvbackup.storage.faults.ProxyScript;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Parts in flight keep a link with latency busy. */
class UploadSpeedTest {
    private static final int PARTS = 40;
    private static final int ROUNDS = 3;
    private static final Duration LATENCY = Duration.ofMillis(50);

    /** The latency has to outweigh what this machine needs for a part, or there is nothing to hide. */
    private static final int OUTWEIGHS = 8;

    private final S3Settings parallel = S3Settings.DEFAULTS;
    private final S3Settings oneByOne = ScriptedS3.settings(builder -> builder.concurrency(1));

    @Test
    void threeTimesAsFastAsOnePartAtATime() throws IOException {
        String bucket = EmbeddedS3Proxy.newBucket();
        try (FaultProxy proxy = FaultProxy.start(EmbeddedS3Proxy.endpoint(), ProxyScript.HONEST)) {
            upload(proxy, bucket, oneByOne);
            long part = upload(proxy, bucket, oneByOne) / PARTS;
            Duration latency = Duration.ofNanos(Math.max(LATENCY.toNanos(), OUTWEIGHS * part));
            proxy.latency(latency);
            double best = 0;
            for (int round = 0; round < ROUNDS && best < 3; round++) {
                long slow = upload(proxy, bucket, oneByOne);
                long fast = upload(proxy, bucket, parallel);
                best = Math.max(best, (double) slow / fast);
                System.out.printf(
                        "%d parts, %d ms for a part, %d ms latency: one by one %d ms, %d at once %d ms%n",
                        PARTS,
                        part / 1_000_000,
                        latency.toMillis(),
                        slow / 1_000_000,
                        parallel.concurrency(),
                        fast / 1_000_000);
            }
            assertThat(best).as("times as fast").isGreaterThanOrEqualTo(3);
            assertThat(proxy.mostAtOnce(UploadSpeedTest::isPart)).isEqualTo(parallel.concurrency());
        }
    }

    private static boolean isPart(ProxyRequest request) {
        return request.target().contains("partNumber=");
    }

    /** Uploads a stream of unknown length; returns how long it took, in nanoseconds. */
    private static long upload(FaultProxy proxy, String bucket, S3Settings settings) throws IOException {
        try (S3StorageClient client = S3StorageClient.builder(
                        S3Clients.create(EmbeddedS3Proxy.connection(proxy.endpoint()), settings), bucket)
                .settings(settings)
                .owning()
                .build()) {
            byte[] block = new byte[64 * 1024];
            long start = System.nanoTime();
            client.upload(
                    "stream",
                    out -> {
                        for (long left = PARTS * settings.partSize(); left > 0; left -= block.length) {
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

package io.kvbackup.storage.bounds;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.faults.FaultProxy;
import io.kvbackup.storage.faults.ProxyRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/**
 * Uploads a stream of unknown length over a link that adds 50 ms to each request (more on a machine that takes long for
 * a part, which is printed), in turn with one part at a time and with several.
 */
public final class UploadSpeed {
    private static final Duration LATENCY = Duration.ofMillis(50);
    /** The latency has to outweigh what this machine needs for a part, or there is nothing to hide. */
    private static final int OUTWEIGHS = 4;

    private static final int ROUNDS = 4;
    private static final double AT_LEAST = 3;

    private final FaultProxy proxy;
    private final Opener opener;
    private final long partSize;
    private final int parts;

    /** Makes a client that sends so many parts at a time; it is closed here. */
    @FunctionalInterface
    public interface Opener {
        StorageClient open(URI endpoint, int concurrency) throws IOException;
    }

    /**
     * @param proxy before the server
     * @param partSize in bytes
     * @param parts of the stream
     */
    public UploadSpeed(FaultProxy proxy, Opener opener, long partSize, int parts) {
        this.proxy = proxy;
        this.opener = opener;
        this.partSize = partSize;
        this.parts = parts;
    }

    /**
     * Fails unless so many parts at a time are three times as fast as one.
     *
     * @param isPart whether a request carries a part
     */
    public void assertThreeTimesAsFast(int concurrency, Predicate<ProxyRequest> isPart) throws IOException {
        upload(1);
        long part = upload(1) / parts;
        Duration latency = Duration.ofNanos(Math.max(LATENCY.toNanos(), OUTWEIGHS * part));
        proxy.latency(latency);
        double best = 0;
        for (int round = 0; round < ROUNDS && best < AT_LEAST; round++) {
            long slow = upload(1);
            long fast = upload(concurrency);
            best = Math.max(best, (double) slow / fast);
            System.out.printf(
                    "%d parts, %d ms for a part, %d ms latency: one by one %d ms, %d at once %d ms%n",
                    parts, part / 1_000_000, latency.toMillis(), slow / 1_000_000, concurrency, fast / 1_000_000);
        }
        assertThat(best).as("times as fast").isGreaterThanOrEqualTo(AT_LEAST);
        assertThat(proxy.mostAtOnce(isPart)).isEqualTo(concurrency);
    }

    /** Returns how long it took, in nanoseconds. */
    private long upload(int concurrency) throws IOException {
        try (StorageClient client = opener.open(proxy.endpoint(), concurrency)) {
            byte[] block = new byte[64 * 1024];
            long start = System.nanoTime();
            client.upload(
                    "stream",
                    out -> {
                        for (long left = parts * partSize; left > 0; left -= block.length) {
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

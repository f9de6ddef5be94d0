package io.kvbackup.storage.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.retry.PassingTime;
import io.kvbackup.storage.retry.RetryPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ThrottledStorageClientTest {
    private static final byte[] CONTENT = new byte[1_000_000];

    private final MemoryStorageClient memory = new MemoryStorageClient();
    private final PassingTime time = new PassingTime();
    private final RateLimit slow = new RateLimit(100, time::nanoTime, time::sleep);

    @Test
    void bothDirectionsHaveTheirOwnPace() throws IOException {
        StorageClient client = new ThrottledStorageClient(
                memory,
                new RateLimit(100_000, time::nanoTime, time::sleep),
                new RateLimit(500_000, time::nanoTime, time::sleep));

        StorageObject object = client.upload("a", ContentWriter.of(CONTENT), PutCondition.none());
        assertThat(time.takeElapsed()).isBetween(Duration.ofMillis(9_800), Duration.ofMillis(10_100));

        try (InputStream in = client.download("a", ByteRange.all())) {
            assertThat(in.readAllBytes()).isEqualTo(CONTENT);
        }
        assertThat(time.takeElapsed()).isBetween(Duration.ofMillis(1_800), Duration.ofMillis(2_100));
        try (InputStream in = client.download(object, ByteRange.from(500_000))) {
            assertThat(in.skip(250_000)).isEqualTo(250_000);
            assertThat(in.read()).isZero();
        }
        assertThat(time.takeElapsed()).isBetween(Duration.ofMillis(380), Duration.ofMillis(600));
    }

    @Test
    void aSharedLimitHoldsForAllItsClients() throws IOException {
        RateLimit shared = new RateLimit(100_000, time::nanoTime, time::sleep);
        StorageClient first = new ThrottledStorageClient(memory, shared, shared);
        StorageClient second = new ThrottledStorageClient(new MemoryStorageClient(), shared, RateLimit.unlimited());

        first.upload("a", ContentWriter.of(CONTENT), PutCondition.none());
        second.upload("a", ContentWriter.of(CONTENT), PutCondition.none());

        assertThat(time.takeElapsed()).isBetween(Duration.ofMillis(19_800), Duration.ofMillis(20_100));
    }

    /** 1 MB at 100 bytes per second is hours; an attempt has 5 minutes, and all of them together 30. */
    @Test
    void aSlowLimitAroundRetriesMeetsNoDeadline() throws IOException {
        StorageClient client = new ThrottledStorageClient(retrying(memory), slow, slow);

        client.upload("a", ContentWriter.of(CONTENT), PutCondition.ifAbsent());
        try (InputStream in = client.download("a", ByteRange.all())) {
            assertThat(in.readAllBytes()).isEqualTo(CONTENT);
        }
        assertThat(time.takeElapsed()).isGreaterThan(Duration.ofHours(5));
    }

    /** Why the order matters, and the proof that the test above can fail. */
    @Test
    void aSlowLimitWithinRetriesLooksLikeAStoreThatHangs() {
        StorageClient client = retrying(new ThrottledStorageClient(memory, slow, slow));

        assertThatThrownBy(() -> client.upload("a", ContentWriter.of(CONTENT), PutCondition.none()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("did not answer");
    }

    @Test
    void anInterruptEndsAnUploadAndLeavesNothing() throws IOException {
        StorageClient client = new ThrottledStorageClient(memory, slow, slow);
        try {
            assertThatThrownBy(() -> client.upload(
                            "a",
                            out -> {
                                Thread.currentThread().interrupt();
                                out.write(CONTENT);
                            },
                            PutCondition.none()))
                    .isInstanceOf(InterruptedIOException.class);
        } finally {
            assertThat(Thread.interrupted()).as("interrupt flag").isTrue();
        }
        assertThat(memory.stat("a")).isEmpty();
    }

    private StorageClient retrying(StorageClient store) {
        return time.retrying(store, RetryPolicy.defaults().withAttempts(2));
    }
}

package io.kvbackup.storage.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.StorageTraits;
import io.kvbackup.storage.fake.CountingStorageClient;
import io.kvbackup.storage.fake.FaultyStorageClient;
import io.kvbackup.storage.fake.FaultyStorageClient.Fault;
import io.kvbackup.storage.fake.StorageOperation;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.SocketTimeoutException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RetryingRequestsTest {
    private static final RetryPolicy POLICY = RetryPolicy.defaults()
            .withAttempts(4)
            .withDelays(Duration.ofMillis(100), Duration.ofMillis(350), 0)
            .withDeadlines(Duration.ofSeconds(10), Duration.ofSeconds(60));

    private final VirtualTime time = new VirtualTime();
    private final CountingStorageClient counting = new CountingStorageClient(new MemoryStorageClient());
    private final FaultyStorageClient faulty = new FaultyStorageClient(counting, time::hang);
    private final RetryingStorageClient client = new RetryingStorageClient(faulty, POLICY, time, new Random(1));

    @BeforeEach
    void fill() throws IOException {
        client.upload("a", ContentWriter.of(new byte[100]), PutCondition.none());
        counting.reset();
    }

    @AfterEach
    void close() throws IOException {
        faulty.release();
        client.close();
    }

    @Test
    void pausesGrowUpToTheirLimit() throws IOException {
        faulty.next(StorageOperation.STAT, Fault.BEFORE, Fault.AFTER, Fault.BEFORE);

        assertThat(client.stat("a")).isPresent();
        assertThat(time.pauses())
                .containsExactly(Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofMillis(350));
    }

    @Test
    void jitterOnlyShortensPauses() throws IOException {
        RetryPolicy jittery = POLICY.withAttempts(100).withDelays(Duration.ofMillis(100), Duration.ofMillis(100), 0.5);
        try (StorageClient other = new RetryingStorageClient(faulty, jittery, time, new Random(7))) {
            faulty.next(
                    StorageOperation.STAT,
                    IntStream.range(0, 60).mapToObj(i -> Fault.BEFORE).toArray(Fault[]::new));
            assertThat(other.stat("a")).isPresent();
        }
        assertThat(time.pauses())
                .as("seed 7")
                .hasSize(60)
                .allMatch(pause -> pause.toMillis() >= 50 && pause.toMillis() <= 100)
                .anyMatch(pause -> pause.toMillis() < 70)
                .anyMatch(pause -> pause.toMillis() > 80);
    }

    @FunctionalInterface
    private interface Work {
        void run(StorageClient client) throws IOException;
    }

    /** Clients of hosts throw what the vendor's library throws. */
    @Test
    void whatAClientThrowsIsAFailureOfItsStore() throws IOException {
        StorageClient careless = (StorageClient) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {StorageClient.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "traits" -> {
                            return StorageTraits.DEFAULTS;
                        }
                        case "toString" -> {
                            return "careless";
                        }
                        case "close" -> {
                            return null;
                        }
                        default -> throw new IllegalStateException("429 Too Many Requests");
                    }
                });
        StorageObject version = new StorageObject("a", 1, Instant.EPOCH, "1");
        try (StorageClient other = new RetryingStorageClient(careless, POLICY, time, new Random(1))) {
            for (Work work : List.<Work>of(
                    store -> store.stat("a"),
                    store -> {
                        try (Stream<StorageObject> all = store.list("a")) {
                            all.forEach(each -> {});
                        } catch (UncheckedIOException e) {
                            throw e.getCause();
                        }
                    },
                    store -> store.download("a", ByteRange.all()).close(),
                    store -> store.download(version, ByteRange.all()).close(),
                    store -> store.upload("a", ContentWriter.of(new byte[1]), PutCondition.ifAbsent()),
                    store -> store.upload("a", out -> out.write(1), PutCondition.none()),
                    store -> store.copy("a", "b"),
                    store -> store.delete(List.of("a")),
                    store -> store.deleteStaleUploads("a", Instant.EPOCH))) {
                assertThatThrownBy(() -> work.run(other))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("429 Too Many Requests")
                        .hasMessageContaining("the client of the store failed")
                        .hasRootCauseInstanceOf(IllegalStateException.class);
            }
        }
        assertThat(time.pauses()).isNotEmpty();
    }

    @Test
    void givesUpAfterTheLastAttemptAndSaysSo() {
        faulty.next(StorageOperation.STAT, Fault.BEFORE, Fault.BEFORE, Fault.BEFORE, Fault.BEFORE);

        assertThatThrownBy(() -> client.stat("a"))
                .isInstanceOf(IOException.class)
                .hasMessage("stat a: gave up after 4 attempts; the last said: STAT fails on purpose");
        assertThat(time.pauses()).hasSize(3);
    }

    @Test
    void copyAndDeleteAreRepeated() throws IOException {
        faulty.next(StorageOperation.COPY, Fault.BEFORE, Fault.AFTER)
                .next(StorageOperation.DELETE, Fault.AFTER, Fault.BEFORE);
        client.copy("a", "b");
        client.delete(List.of("a"));

        assertThat(client.stat("b")).isPresent();
        assertThat(client.stat("a")).isEmpty();
    }

    @Test
    void deleteOfManyKeysIsSplitSoThatAttemptsStayShort() throws IOException {
        faulty.next(StorageOperation.DELETE, Fault.NONE, Fault.BEFORE);
        client.delete(IntStream.range(0, 2_500).mapToObj(i -> "k" + i).toList());

        assertThat(counting.count(StorageOperation.DELETE)).isEqualTo(3);
    }

    @Test
    void whatCannotPassIsNotRepeated() {
        assertThatThrownBy(() -> client.download("missing", ByteRange.all())).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> client.copy("missing", "b")).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> client.upload("a", ContentWriter.of(new byte[1]), PutCondition.ifAbsent()))
                .isInstanceOf(PreconditionFailedException.class);
        assertThatThrownBy(() -> client.stat("../a")).isInstanceOf(IllegalArgumentException.class);

        assertThat(time.pauses()).isEmpty();
        assertThat(counting.count(StorageOperation.COPY)).isEqualTo(1);
        assertThat(counting.count(StorageOperation.UPLOAD)).isEqualTo(1);
    }

    @Test
    void failuresAreClassified() {
        assertThat(RetryLoop.isTransient(new IOException("reset"))).isTrue();
        assertThat(RetryLoop.isTransient(new SocketTimeoutException())).isTrue();
        for (Throwable lasting : List.of(
                new NoSuchFileException("a"),
                new PreconditionFailedException("a"),
                new AccessDeniedException("a"),
                new InterruptedIOException(),
                new IllegalArgumentException(),
                new OutOfMemoryError())) {
            assertThat(RetryLoop.isTransient(lasting)).as(lasting.toString()).isFalse();
        }
    }

    @Test
    void t21_hungRequestIsGivenUpAtItsDeadlineAndRepeated() throws IOException {
        faulty.next(StorageOperation.STAT, Fault.HANG, Fault.HANG_STUBBORNLY);

        assertThat(client.stat("a")).isPresent();
        assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(20_300));
    }

    @Test
    void t21_storeThatHangsForEverIsBoundedByTheOverallDeadline() throws IOException {
        RetryPolicy endless = POLICY.withAttempts(Integer.MAX_VALUE);
        Fault[] hangs = new Fault[100];
        Arrays.fill(hangs, Fault.HANG);
        for (StorageOperation operation : StorageOperation.values()) {
            faulty.next(operation, hangs);
        }
        try (StorageClient hung = new RetryingStorageClient(faulty, endless, time, new Random(1))) {
            assertBounded(() -> hung.stat("a"));
            assertBounded(() -> hung.download("a", ByteRange.all()));
            assertBounded(() -> hung.copy("a", "b"));
            assertBounded(() -> hung.delete(List.of("a")));
            assertBounded(() -> RetryingStreamsTest.keys(hung, ""));
        }
    }

    private void assertBounded(ThrowingCallable operation) {
        Duration before = time.elapsed();
        assertThatThrownBy(operation).hasMessageContaining("did not answer");
        assertThat(time.elapsed().minus(before)).isBetween(Duration.ofSeconds(50), Duration.ofSeconds(60));
    }

    @Test
    void interruptEndsTheWaitForAHungStore() throws IOException {
        Thread caller = Thread.currentThread();
        RetryTime interrupting = new VirtualTime();
        FaultyStorageClient hanging = new FaultyStorageClient(counting, caller::interrupt);
        hanging.next(StorageOperation.STAT, Fault.HANG);
        try (StorageClient other = new RetryingStorageClient(hanging, POLICY, interrupting, new Random(1))) {
            assertThatThrownBy(() -> other.stat("a")).isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void clientThatRetriesItselfIsNotRepeated() throws IOException {
        StorageClient selfish = new ForwardingStorageClient(faulty) {
            @Override
            public StorageTraits traits() {
                return super.traits().withRetriesItself(true);
            }
        };
        try (StorageClient other = new RetryingStorageClient(selfish, POLICY, time, new Random(1))) {
            faulty.next(StorageOperation.STAT, Fault.BEFORE);
            assertThatThrownBy(() -> other.stat("a")).hasMessage("STAT fails on purpose");
            faulty.next(StorageOperation.LIST, Fault.BEFORE);
            assertThatThrownBy(() -> RetryingStreamsTest.keys(other, "")).hasMessageContaining("LIST fails on purpose");
            faulty.breakDownloadsAfter(10);
            try (var in = other.download("a", ByteRange.all())) {
                assertThat(in.readAllBytes()).hasSize(100);
            }
        }
        assertThat(client.traits().retriesItself()).isTrue();
    }
}

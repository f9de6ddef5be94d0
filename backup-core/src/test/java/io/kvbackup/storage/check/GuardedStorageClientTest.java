package io.kvbackup.storage.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
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
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GuardedStorageClientTest {
    private static final ContentWriter CONTENT = ContentWriter.of(new byte[] {1});

    private final MemoryStorageClient memory = new MemoryStorageClient();

    @Test
    void aStoreWithoutConditionsIsRefusedWithAnExplanation() throws IOException {
        for (StorageClient careless : List.of(
                BrokenConditions.ignoring(PutCondition.class, memory),
                BrokenConditions.ignoring(PutCondition.IfMatch.class, memory))) {
            StorageClient client = guarded(careless);
            assertThatThrownBy(() -> client.upload("a", CONTENT, PutCondition.ifAbsent()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("does not keep conditional writes")
                    .hasMessageContaining("exclusiveWriter(true)");
            assertKeys();
            client.upload("a", CONTENT, PutCondition.none());
            assertKeys("a");
            client.delete(List.of("a"));
        }
    }

    @Test
    void aStoreIsTriedOnceAndNothingIsLeft() throws IOException {
        CountingStorageClient counting = new CountingStorageClient(memory);
        StorageClient client = guarded(counting);

        client.upload("a", CONTENT, PutCondition.none());
        assertThat(counting.count(StorageOperation.UPLOAD)).isEqualTo(1);
        client.upload("b", CONTENT, PutCondition.ifAbsent());
        assertThat(counting.count(StorageOperation.UPLOAD)).isBetween(6, 10);
        counting.reset();
        client.upload("c", CONTENT, PutCondition.ifAbsent());

        assertThat(counting.count(StorageOperation.UPLOAD)).isEqualTo(1);
        assertKeys("a", "b", "c");
    }

    @Test
    void aStoreThatIsKnownToKeepThemIsNotTried() throws IOException {
        CountingStorageClient counting = new CountingStorageClient(memory);

        new GuardedStorageClient(counting).upload("a", CONTENT, PutCondition.ifAbsent());

        assertThat(counting.count(StorageOperation.UPLOAD)).isEqualTo(1);
    }

    @Test
    void aFailureOfTheNetworkSaysNothingAboutConditions() throws IOException {
        FaultyStorageClient faulty = new FaultyStorageClient(memory).next(StorageOperation.UPLOAD, Fault.BEFORE);
        StorageClient client = guarded(faulty);

        assertThatThrownBy(() -> client.upload("a", CONTENT, PutCondition.ifAbsent()))
                .hasMessageContaining("on purpose");
        client.upload("a", CONTENT, PutCondition.ifAbsent());

        assertKeys("a");
    }

    @Test
    void aProbeThatFailsOnceIsRepeated() throws IOException {
        FaultyStorageClient faulty = new FaultyStorageClient(memory)
                .next(
                        StorageOperation.UPLOAD,
                        Fault.NONE,
                        Fault.BEFORE,
                        Fault.NONE,
                        Fault.NONE,
                        Fault.NONE,
                        Fault.AFTER);

        guarded(faulty).upload("a", CONTENT, PutCondition.ifAbsent());

        assertKeys("a");
    }

    @Test
    void aProbeThatTimesOutIsRepeated() throws IOException {
        AtomicInteger uploads = new AtomicInteger();
        StorageClient timingOut = new ForwardingStorageClient(memory) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                if (uploads.incrementAndGet() == 2) {
                    throw new SocketTimeoutException("write timed out");
                }
                return super.upload(key, content, condition);
            }
        };

        guarded(timingOut).upload("a", CONTENT, PutCondition.ifAbsent());

        assertKeys("a");
    }

    @Test
    void aProbeThatFailsTwiceIsNoVerdict() throws IOException {
        StorageClient client = guarded(BrokenConditions.refusingConditions(memory));

        assertThatThrownBy(() -> client.upload("a", CONTENT, PutCondition.ifAbsent()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("501 Not Implemented")
                .hasMessageContaining("could not be tried")
                .hasMessageContaining("exclusiveWriter(true)")
                .hasMessageNotContaining("does not keep");
        assertKeys();
    }

    @Test
    void anInterruptLeavesNothing() throws IOException {
        Thread caller = Thread.currentThread();
        FaultyStorageClient hanging = new FaultyStorageClient(memory, caller::interrupt)
                .next(StorageOperation.UPLOAD, Fault.NONE, Fault.NONE, Fault.HANG);
        StorageClient client = guarded(hanging);
        try {
            assertThatThrownBy(() -> client.upload("a", CONTENT, PutCondition.ifAbsent()))
                    .isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
        assertKeys();
    }

    @Test
    void aWriterThatWaitsForTheTrialOfAnotherCanBeInterrupted() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        FaultyStorageClient hanging =
                new FaultyStorageClient(memory, hangs::countDown).next(StorageOperation.UPLOAD, Fault.HANG);
        StorageClient client = guarded(hanging);
        Thread trying = new Thread(() -> {
            try {
                client.upload("a", CONTENT, PutCondition.ifAbsent());
            } catch (IOException released) {
                // It was left hanging.
            }
        });
        trying.start();
        hangs.await();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread waiting = new Thread(() -> {
            assertThatThrownBy(() -> client.upload("b", CONTENT, PutCondition.ifAbsent()))
                    .isInstanceOf(InterruptedIOException.class)
                    .hasMessageContaining("b");
            interrupted.complete(Thread.currentThread().isInterrupted());
        });
        waiting.start();
        await().until(() -> waiting.getState() == Thread.State.WAITING);
        waiting.interrupt();

        assertThat(interrupted.get()).as("interrupt flag").isTrue();
        hanging.release();
        trying.join();
    }

    /** Large objects go another way, which a store may have forgotten about: S3 completes uploads of several parts. */
    @Test
    void aStoreThatKeepsConditionsOfSmallObjectsOnlyIsFoundOutByTheFirstLargeOne() throws IOException {
        StorageClient client = guarded(BrokenConditions.ignoringConditionsAbove(5 << 20, memory));

        client.upload("a", ContentWriter.of(new byte[5 << 20]), PutCondition.ifAbsent());
        assertThatThrownBy(() -> client.upload("b", ContentWriter.of(new byte[6 << 20]), PutCondition.ifAbsent()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not keep conditional writes")
                .hasMessageContaining("of large objects")
                .hasMessageContaining("exclusiveWriter(true)");
        assertKeys("a");
        client.upload("b", ContentWriter.of(new byte[6 << 20]), PutCondition.none());
        assertKeys("a", "b");
    }

    @Test
    void contentThatSwallowsTheRefusalIsNotPublishedInPart() throws IOException {
        StorageClient client = guarded(BrokenConditions.ignoringConditionsAbove(5 << 20, memory));
        ContentWriter careless = out -> {
            try {
                out.write(new byte[6 << 20]);
            } catch (IOException e) {
                out.flush();
            }
        };

        assertThatThrownBy(() -> client.upload("a", careless, PutCondition.ifAbsent()))
                .hasMessageContaining("does not keep conditional writes");
        assertKeys();
    }

    @Test
    void largeObjectsAreTriedOnceAndNothingIsLeft() throws IOException {
        CountingStorageClient counting = new CountingStorageClient(memory);
        StorageClient client = guarded(counting);
        client.upload("a", CONTENT, PutCondition.ifAbsent());
        counting.reset();

        client.upload("b", ContentWriter.of(new byte[6 << 20]), PutCondition.ifAbsent());
        assertThat(counting.count(StorageOperation.UPLOAD)).isBetween(5, 10);
        counting.reset();
        client.upload("c", ContentWriter.of(new byte[6 << 20]), PutCondition.ifAbsent());

        assertThat(counting.count(StorageOperation.UPLOAD)).isEqualTo(1);
        assertKeys("a", "b", "c");
    }

    private static StorageClient guarded(StorageClient store) {
        return new GuardedStorageClient(new ForwardingStorageClient(store) {
            @Override
            public StorageTraits traits() {
                return super.traits().withConditions(Conditions.UNKNOWN);
            }
        });
    }

    private void assertKeys(String... keys) throws IOException {
        try (Stream<StorageObject> objects = memory.list("")) {
            assertThat(objects.map(StorageObject::key)).containsExactly(keys);
        }
    }
}

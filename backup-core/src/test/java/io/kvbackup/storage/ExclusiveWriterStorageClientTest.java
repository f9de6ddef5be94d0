package io.kvbackup.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.storage.check.BrokenConditions;
import io.kvbackup.storage.check.StorageCheck;
import io.kvbackup.storage.check.StorageReport;
import io.kvbackup.storage.fake.FaultyStorageClient;
import io.kvbackup.storage.fake.FaultyStorageClient.Fault;
import io.kvbackup.storage.fake.StorageOperation;
import io.kvbackup.storage.retry.RetryPolicy;
import io.kvbackup.storage.retry.RetryingStorageClient;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ExclusiveWriterStorageClientTest {
    private final StorageClient careless = BrokenConditions.ignoring(PutCondition.class, new MemoryStorageClient());

    @Test
    void twoClientsOfOnePlaceKeepConditionsTogether() throws Exception {
        StorageClient one = new ExclusiveWriterStorageClient(careless);
        StorageClient other = new ExclusiveWriterStorageClient(careless);

        StorageReport report = StorageCheck.quick().run(new Alternating(one, other));

        assertThat(report.verdict()).as(report.toString()).isEqualTo(StorageReport.Verdict.GOOD);
    }

    /** A client for every second upload. */
    private static final class Alternating extends ForwardingStorageClient {
        private final StorageClient other;
        private int uploads;

        Alternating(StorageClient one, StorageClient other) {
            super(one);
            this.other = other;
        }

        @Override
        public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
            boolean second;
            synchronized (this) {
                second = uploads++ % 2 == 1;
            }
            return second ? other.upload(key, content, condition) : super.upload(key, content, condition);
        }
    }

    @Test
    void aLostReplyIsRecognisedByTheRetriesAroundIt() throws IOException {
        FaultyStorageClient faulty = new FaultyStorageClient(careless).next(StorageOperation.UPLOAD, Fault.AFTER);
        StorageClient client = new RetryingStorageClient(
                new ExclusiveWriterStorageClient(faulty),
                RetryPolicy.defaults().withDelays(Duration.ZERO, Duration.ZERO, 0));

        StorageObject written = client.upload("a", ContentWriter.of(new byte[] {7}), PutCondition.ifAbsent());

        assertThat(written.etag()).isEqualTo(careless.stat("a").orElseThrow().etag());
        client.close();
    }

    @Test
    void aWriteThatWaitsForAnotherCanBeInterrupted() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        FaultyStorageClient faulty =
                new FaultyStorageClient(careless, hangs::countDown).next(StorageOperation.DELETE, Fault.HANG);
        StorageClient client = new ExclusiveWriterStorageClient(faulty);
        Thread deleting = new Thread(() -> {
            try {
                client.delete(java.util.List.of("a"));
            } catch (IOException released) {
                // It was left hanging.
            }
        });
        deleting.start();
        hangs.await();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread writing = new Thread(() -> {
            assertThatThrownBy(() -> client.upload("a", ContentWriter.of(new byte[1]), PutCondition.ifAbsent()))
                    .isInstanceOf(InterruptedIOException.class);
            interrupted.complete(Thread.currentThread().isInterrupted());
        });
        writing.start();
        org.awaitility.Awaitility.await().until(() -> writing.getState() == Thread.State.WAITING);
        writing.interrupt();

        assertThat(interrupted.get()).as("interrupt flag").isTrue();
        assertThat(careless.stat("a")).isEmpty();
        faulty.release();
        deleting.join();
    }
}

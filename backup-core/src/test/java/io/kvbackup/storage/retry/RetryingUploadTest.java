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
import io.kvbackup.storage.UploadLostException;
import io.kvbackup.storage.contract.StorageFixture;
import io.kvbackup.storage.fake.CountingStorageClient;
import io.kvbackup.storage.fake.FaultyStorageClient;
import io.kvbackup.storage.fake.FaultyStorageClient.Fault;
import io.kvbackup.storage.fake.StorageOperation;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RetryingUploadTest {
    private static final byte[] CONTENT = StorageFixture.content(6, 700_000);
    private static final ContentWriter ONCE = out -> out.write(CONTENT);
    private static final ContentWriter AGAIN = ContentWriter.of(CONTENT);

    private final VirtualTime time = new VirtualTime();
    private final MemoryStorageClient memory = new MemoryStorageClient();
    private final CountingStorageClient counting = new CountingStorageClient(memory);
    private final FaultyStorageClient faulty = new FaultyStorageClient(counting, time::hang);
    private final RetryPolicy policy =
            RetryPolicy.defaults().withAttempts(3).withDeadlines(Duration.ofSeconds(10), Duration.ofSeconds(60));
    private final RetryingStorageClient client = new RetryingStorageClient(faulty, policy, time, new Random(1));

    @AfterEach
    void close() throws IOException {
        faulty.release();
        client.close();
    }

    @Test
    void repeatableContentIsSentAgain() throws IOException {
        faulty.next(StorageOperation.UPLOAD, Fault.BEFORE, Fault.AFTER);
        client.upload("a", AGAIN, PutCondition.none());

        assertThat(read("a")).isEqualTo(CONTENT);
    }

    /** As servers do that see the condition and will not read the content for nothing. */
    @Test
    void aConnectionThatIsClosedUnderALostConditionIsALostCondition() throws IOException {
        StorageObject theirs = memory.upload("a", ContentWriter.of(new byte[3]), PutCondition.none());
        StorageClient closing = new ForwardingStorageClient(memory) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        try (RetryingStorageClient over = new RetryingStorageClient(closing, policy, time, new Random(1))) {
            for (ContentWriter content : List.of(AGAIN, ONCE)) {
                for (PutCondition lost : List.of(PutCondition.ifAbsent(), PutCondition.ifMatch("before"))) {
                    assertThatThrownBy(() -> over.upload("a", content, lost))
                            .isInstanceOf(PreconditionFailedException.class)
                            .hasMessageContaining("Broken pipe");
                }
                for (PutCondition other : List.of(PutCondition.none(), PutCondition.ifMatch(theirs.etag()))) {
                    assertThatThrownBy(() -> over.upload("a", content, other)).isExactlyInstanceOf(IOException.class);
                }
            }
        }
    }

    @Test
    void lostUploadStartsAnewEvenOnAClientThatRetriesItself() throws IOException {
        int[] uploads = new int[1];
        StorageClient forgetful = new ForwardingStorageClient(memory) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                if (++uploads[0] < 3) {
                    content.writeTo(OutputStream.nullOutputStream());
                    throw new UploadLostException("forgotten");
                }
                return super.upload(key, content, condition);
            }

            @Override
            public StorageTraits traits() {
                return super.traits().withRetriesItself(true);
            }
        };
        try (RetryingStorageClient over = new RetryingStorageClient(forgetful, policy, time, new Random(1))) {
            over.upload("a", AGAIN, PutCondition.ifAbsent());
            assertThat(read("a")).isEqualTo(CONTENT);

            uploads[0] = 0;
            assertThatThrownBy(() -> over.upload("b", ONCE, PutCondition.none()))
                    .isInstanceOf(UploadLostException.class);
            assertThat(uploads[0]).isEqualTo(1);
        }
    }

    @Test
    void otherContentIsNot() {
        faulty.next(StorageOperation.UPLOAD, Fault.BEFORE);

        assertThatThrownBy(() -> client.upload("a", ONCE, PutCondition.none())).hasMessage("UPLOAD fails on purpose");
        assertThat(time.pauses()).isEmpty();
    }

    @Test
    void t1_failureOfTheContentIsNeverRepeated() throws IOException {
        int[] calls = new int[1];
        ContentWriter broken = ContentWriter.repeatable(out -> {
            calls[0]++;
            out.write(CONTENT);
            throw new IOException("source broke");
        });

        assertThatThrownBy(() -> client.upload("a", broken, PutCondition.none()))
                .hasMessage("source broke");
        assertThat(calls[0]).isEqualTo(1);
        assertThat(memory.stat("a")).isEmpty();
        assertThat(time.pauses()).isEmpty();
    }

    @Test
    void contentThatHidesAFailureOfTheStoreIsStillRepeated() throws IOException {
        int[] calls = new int[1];
        StorageClient failsInTheMiddle = new ForwardingStorageClient(memory) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                if (++calls[0] == 1) {
                    content.writeTo(new OutputStream() {
                        @Override
                        public void write(int b) throws IOException {
                            throw new IOException("connection reset");
                        }
                    });
                }
                return super.upload(key, content, condition);
            }
        };
        ContentWriter hiding = ContentWriter.repeatable(out -> {
            try {
                out.write(CONTENT);
            } catch (IOException e) {
                throw new IllegalStateException("something broke", e);
            }
        });
        try (StorageClient other = new RetryingStorageClient(failsInTheMiddle, policy, time, new Random(1))) {
            other.upload("a", hiding, PutCondition.none());
        }
        assertThat(calls[0]).isEqualTo(2);
    }

    @Test
    void lostReplyToACreationIsRecognised() throws IOException {
        faulty.next(StorageOperation.UPLOAD, Fault.AFTER);
        StorageObject created = client.upload("a", AGAIN, PutCondition.ifAbsent());

        assertThat(created).isEqualTo(memory.stat("a").orElseThrow());
        assertThat(counting.count(StorageOperation.UPLOAD)).isEqualTo(2);
    }

    @Test
    void conditionThatMayBeLostToOurselvesIsNotSomebodyElses() {
        faulty.next(StorageOperation.UPLOAD, Fault.AFTER)
                .next(StorageOperation.STAT, Fault.BEFORE, Fault.BEFORE, Fault.BEFORE);
        assertThatThrownBy(() -> client.upload("a", AGAIN, PutCondition.ifAbsent()))
                .isExactlyInstanceOf(IOException.class)
                .hasMessageContaining("upload a")
                .hasMessageContaining("cannot tell whether it was written");
    }

    @Test
    void lostReplyToAReplacementIsRecognised() throws IOException {
        String etag = memory.upload("a", ContentWriter.of(new byte[3]), PutCondition.none())
                .etag();
        faulty.next(StorageOperation.UPLOAD, Fault.AFTER);
        client.upload("a", AGAIN, PutCondition.ifMatch(etag));

        assertThat(read("a")).isEqualTo(CONTENT);
    }

    @Test
    void lostReplyIsRecognisedEvenIfTheContentCannotBeSentAgain() throws IOException {
        faulty.next(StorageOperation.UPLOAD, Fault.AFTER);
        StorageObject created = client.upload("a", ONCE, PutCondition.ifAbsent());

        assertThat(created).isEqualTo(memory.stat("a").orElseThrow());
        assertThat(counting.count(StorageOperation.UPLOAD)).isEqualTo(1);
    }

    @Test
    void lostReplyToTheLastAttemptIsRecognised() throws IOException {
        faulty.next(StorageOperation.UPLOAD, Fault.BEFORE, Fault.BEFORE, Fault.AFTER);
        StorageObject created = client.upload("a", AGAIN, PutCondition.ifAbsent());

        assertThat(created).isEqualTo(memory.stat("a").orElseThrow());
        assertThat(time.pauses()).hasSize(2);
    }

    @Test
    void lastAttemptThatWroteNothingFails() {
        faulty.next(StorageOperation.UPLOAD, Fault.AFTER, Fault.BEFORE, Fault.BEFORE);
        ContentWriter changing = changing(new ArrayList<>());

        assertThatThrownBy(() -> client.upload("a", changing, PutCondition.ifAbsent()))
                .hasMessageContaining("gave up after 3 attempts");
    }

    @Test
    void earlierAttemptIsNotTakenForALaterOneOfOtherContent() throws IOException {
        StorageClient early = new ForwardingStorageClient(memory) {
            private int uploads;

            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                if (++uploads == 1) {
                    super.upload(key, content, condition);
                    throw new IOException("the reply is lost on purpose");
                }
                throw new PreconditionFailedException(key);
            }
        };
        List<byte[]> produced = new ArrayList<>();
        try (StorageClient other = new RetryingStorageClient(early, policy, time, new Random(1))) {
            assertThatThrownBy(() -> other.upload("a", changing(produced), PutCondition.ifAbsent()))
                    .isInstanceOf(PreconditionFailedException.class);
            assertThat(produced).hasSize(2);
            assertThat(read("a")).isEqualTo(produced.get(0));
        }
    }

    /** All of it is produced before anybody notices that the store takes nothing. */
    private static ContentWriter changing(List<byte[]> produced) {
        return ContentWriter.repeatable(out -> {
            byte[] content = StorageFixture.content(produced.size(), 4 * 64 * 1024 + 1_000);
            out.write(content);
            produced.add(content);
        });
    }

    @Test
    void whoseObjectItIsThatCannotBeReadIsNotGuessed() {
        faulty.next(StorageOperation.UPLOAD, Fault.AFTER);
        Fault[] silence = new Fault[policy.attempts()];
        Arrays.fill(silence, Fault.BEFORE);
        faulty.next(StorageOperation.STAT, silence);

        assertThatThrownBy(() -> client.upload("a", AGAIN, PutCondition.ifAbsent()))
                .isNotInstanceOf(PreconditionFailedException.class)
                .hasMessageContaining("cannot tell whether it was written");
    }

    @Test
    void objectOfAnotherWriterIsNotTakenForOurs() throws IOException {
        byte[] others = CONTENT.clone();
        others[350_000]++;
        faulty.next(StorageOperation.UPLOAD, Fault.BEFORE);
        ContentWriter beaten = ContentWriter.repeatable(out -> {
            out.write(CONTENT);
            memory.upload("a", ContentWriter.of(others), PutCondition.none());
        });

        assertThatThrownBy(() -> client.upload("a", beaten, PutCondition.ifAbsent()))
                .isInstanceOf(PreconditionFailedException.class);
        assertThat(read("a")).isEqualTo(others);
    }

    @Test
    void conditionLostAtTheFirstAttemptIsLost() throws IOException {
        memory.upload("a", AGAIN, PutCondition.none());

        assertThatThrownBy(() -> client.upload("a", AGAIN, PutCondition.ifAbsent()))
                .as("even if the content is the same")
                .isInstanceOf(PreconditionFailedException.class);
    }

    @Test
    void t21_hungUploadIsGivenUpAndRepeated() throws IOException {
        faulty.next(StorageOperation.UPLOAD, Fault.HANG, Fault.HANG_STUBBORNLY);
        client.upload("a", AGAIN, PutCondition.none());

        assertThat(read("a")).isEqualTo(CONTENT);
        assertThat(time.elapsed()).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(22));
    }

    @Test
    void t21_uploadThatHangsInTheMiddleIsGivenUp() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        StorageClient stuck = new ForwardingStorageClient(memory) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                return super.upload(key, out -> content.writeTo(new StuckOutput(time, interrupted)), condition);
            }
        };
        try (StorageClient other = new RetryingStorageClient(stuck, policy, time, new Random(1))) {
            assertThatThrownBy(() -> other.upload("a", ONCE, PutCondition.none()))
                    .hasMessageContaining("cannot upload a: the store did not answer for PT10S");
            interrupted.await();
            assertThat(memory.stat("a")).isEmpty();
        }
    }

    @Test
    void t21_completionOfALargeUploadMayTakeAsLongAsTheWholeOperation() throws IOException {
        try (StorageClient slow = new RetryingStorageClient(hangsAtTheEnd(), policy, time, new Random(1))) {
            assertThatThrownBy(() -> slow.upload("a", ONCE, PutCondition.none()))
                    .hasMessageContaining("cannot upload a: the store did not answer for PT1M");
        }
    }

    @Test
    void t21_smallUploadIsOneRequestWithItsDeadline() throws IOException {
        try (StorageClient slow = new RetryingStorageClient(hangsAtTheEnd(), policy, time, new Random(1))) {
            assertThatThrownBy(() -> slow.upload("a", out -> out.write(7), PutCondition.none()))
                    .hasMessageContaining("cannot upload a: the store did not answer for PT10S");
        }
    }

    private StorageClient hangsAtTheEnd() {
        return new ForwardingStorageClient(memory) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                super.upload(key, content, condition);
                new StuckOutput(time, new CountDownLatch(1)).write(1);
                throw new AssertionError("hangs until it is interrupted");
            }
        };
    }

    /** Hangs at the first write until it is interrupted. */
    private static final class StuckOutput extends OutputStream {
        private final VirtualTime time;
        private final CountDownLatch interrupted;

        StuckOutput(VirtualTime time, CountDownLatch interrupted) {
            this.time = time;
            this.interrupted = interrupted;
        }

        @Override
        public void write(int b) throws IOException {
            time.hang();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                interrupted.countDown();
                throw new InterruptedIOException("interrupted");
            }
        }
    }

    private byte[] read(String key) throws IOException {
        try (InputStream in = memory.download(key, ByteRange.all())) {
            return in.readAllBytes();
        }
    }
}

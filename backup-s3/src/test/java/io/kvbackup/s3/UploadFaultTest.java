package io.kvbackup.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.s3.ScriptedS3.Answer;
import io.kvbackup.s3.ScriptedS3.Request;
import io.kvbackup.s3.ScriptedS3.Script;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Uploads to a store that misbehaves. */
@Timeout(120)
class UploadFaultTest {
    private static final byte[] SMALL = new byte[7];
    private static final byte[] LARGE = new byte[(int) PartSizes.MIN + 1];

    private final S3Settings settings = ScriptedS3.settings(
            builder -> builder.partSize(PartSizes.MIN).timeouts(Duration.ofSeconds(2), Duration.ofSeconds(20)));
    private final AtomicInteger count = new AtomicInteger();
    private ScriptedS3 store;
    private S3StorageClient client;

    private void start(Script script) throws IOException {
        store = new ScriptedS3(script);
        client = store.client(settings);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        store.close();
    }

    @Test
    void lostReplyToAConditionalPutIsRecognisedAsSuccess() throws IOException {
        start(request -> switch (request.operation()) {
            case "Put" -> count.incrementAndGet() == 1 ? null : Answer.error(412, "PreconditionFailed");
            default -> ScriptedUploads.head(ScriptedUploads.OURS, SMALL.length);
        });
        StorageObject object = upload(SMALL, PutCondition.ifAbsent());

        assertThat(object.etag()).isEqualTo("\"seen\"");
        assertThat(object.size()).isEqualTo(7);
        assertThat(store.operations()).containsExactly("Put", "Put", "Head");
        assertThat(store.requests().get(0).header("x-amz-meta-kvbackup-upload")).contains(ScriptedUploads.OURS);
        assertThat(store.requests().get(0).header("If-None-Match")).contains("*");
    }

    @Test
    void objectOfAnEarlierAttemptIsRecognisedWhateverTheLastAnswerWas() throws IOException {
        start(request -> switch (request.operation()) {
            case "Put" -> Answer.error(count.incrementAndGet() == 1 ? 500 : 403, "ExpiredToken");
            default -> ScriptedUploads.head(ScriptedUploads.OURS, SMALL.length);
        });
        assertThat(upload(SMALL, PutCondition.none()).etag()).isEqualTo("\"seen\"");
    }

    @Test
    void nobodyLooksForAnObjectThatWasRefusedAtOnce() throws IOException {
        start(request -> Answer.error(403, "AccessDenied"));
        assertThatThrownBy(() -> upload(SMALL, PutCondition.ifAbsent())).isInstanceOf(AccessDeniedException.class);
        assertThat(store.operations()).containsExactly("Put");
    }

    @Test
    void conditionThatMayBeLostToOurselvesIsNotSomebodyElses() throws IOException {
        start(request -> switch (request.operation()) {
            case "Put" -> count.incrementAndGet() == 1 ? null : Answer.error(412, "PreconditionFailed");
            default -> Answer.error(403, "AccessDenied");
        });
        assertThatThrownBy(() -> upload(SMALL, PutCondition.ifAbsent()))
                .isExactlyInstanceOf(IOException.class)
                .hasMessageContaining("cannot upload s3://bucket/key")
                .hasMessageContaining("whose it is");
    }

    @Test
    void somebodyElsesObjectIsALostCondition() throws IOException {
        start(request -> request.operation().equals("Put")
                ? Answer.error(412, "PreconditionFailed")
                : ScriptedUploads.head("another-id", SMALL.length));
        assertThatThrownBy(() -> upload(SMALL, PutCondition.ifMatch("\"old\"")))
                .isInstanceOf(PreconditionFailedException.class)
                .hasMessageContaining("s3://bucket/key");
        assertThat(store.requests().get(0).header("If-Match")).contains("\"old\"");
    }

    @Test
    void lostReplyToTheCompletionIsRecognisedAsSuccess() throws IOException {
        start(request -> switch (request.operation()) {
            case "Complete" -> count.incrementAndGet() == 1 ? null : Answer.error(404, "NoSuchUpload");
            case "Abort" -> Answer.error(404, "NoSuchUpload");
            case "Head" -> ScriptedUploads.head(ScriptedUploads.OURS, LARGE.length);
            default -> ScriptedUploads.answer(request);
        });
        assertThat(upload(LARGE, PutCondition.ifAbsent()).etag()).isEqualTo("\"seen\"");
        assertThat(completion().header("If-None-Match")).contains("*");
    }

    @Test
    void storeThatDoesNotTellTheVersionOfACompletedUploadIsAskedForIt() throws IOException {
        start(request -> switch (request.operation()) {
            case "Complete" ->
                Answer.xml("<CompleteMultipartUploadResult><ETag></ETag></CompleteMultipartUploadResult>");
            case "Head" -> ScriptedUploads.head(ScriptedUploads.OURS, LARGE.length);
            default -> ScriptedUploads.answer(request);
        });
        assertThat(upload(LARGE, PutCondition.none()).etag()).isEqualTo("\"seen\"");
        assertThat(store.operations()).endsWith("Complete", "Head");
    }

    @Test
    void versionOfAnotherIsNotTakenForOurs() throws IOException {
        start(request -> switch (request.operation()) {
            case "Complete" -> Answer.xml("<CompleteMultipartUploadResult></CompleteMultipartUploadResult>");
            case "Head" -> ScriptedUploads.head("another", LARGE.length);
            default -> ScriptedUploads.answer(request);
        });
        assertThatThrownBy(() -> upload(LARGE, PutCondition.none()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("s3://bucket/")
                .hasMessageContaining("replaced");
        assertThat(store.operations()).endsWith("Complete", "Head");
    }

    @Test
    void replaceByCompletionCarriesItsCondition() throws IOException {
        start(ScriptedUploads::answer);
        assertThat(upload(LARGE, PutCondition.ifMatch("\"old\"")).etag()).isEqualTo("\"done\"");
        assertThat(completion().header("If-Match")).contains("\"old\"");
        assertThat(store.operations()).containsExactlyInAnyOrder("Create", "UploadPart", "UploadPart", "Complete");
    }

    @Test
    void completionThatFailsIsAborted() throws IOException {
        start(request -> request.operation().equals("Complete")
                ? Answer.error(412, "PreconditionFailed")
                : ScriptedUploads.answer(request));
        assertThatThrownBy(() -> upload(LARGE, PutCondition.ifAbsent()))
                .isInstanceOf(PreconditionFailedException.class);
        assertThat(store.operations()).endsWith("Complete", "Abort", "Head");
    }

    @Test
    void completionThatReportsAnErrorInItsBodyFails() throws IOException {
        start(request -> request.operation().equals("Complete")
                ? Answer.xml("<Error><Code>InternalError</Code><Message>said so</Message></Error>")
                : ScriptedUploads.answer(request));
        assertThatThrownBy(() -> upload(LARGE, PutCondition.none())).isInstanceOf(IOException.class);
        assertThat(store.operations()).contains("Abort");
    }

    @Test
    void t24_partThatFailsIsAbortedAndReported() throws IOException {
        start(request -> request.operation().equals("UploadPart")
                ? Answer.error(503, "SlowDown")
                : ScriptedUploads.answer(request));
        assertThatThrownBy(() -> upload(LARGE, PutCondition.none()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("overloaded or unavailable");
        assertThat(store.operations()).endsWith("Abort").doesNotContain("Complete", "Put");
    }

    @Test
    void t1_abortWaitsForPartsInFlight() throws IOException {
        CountDownLatch partArrived = new CountDownLatch(1);
        CountDownLatch sourceBroke = new CountDownLatch(1);
        List<String> order = new CopyOnWriteArrayList<>();
        start(request -> {
            if (request.operation().equals("UploadPart")) {
                partArrived.countDown();
                sourceBroke.await();
                order.add("part ended");
            } else if (request.operation().equals("Abort")) {
                order.add("aborted");
            }
            return ScriptedUploads.answer(request);
        });
        ThrowingCallable breaking = () -> client.upload(
                "key",
                out -> {
                    out.write(LARGE);
                    awaitUnchecked(partArrived);
                    sourceBroke.countDown();
                    throw new IllegalStateException("source broke");
                },
                PutCondition.none());
        assertThatThrownBy(breaking).isInstanceOf(IllegalStateException.class).hasMessage("source broke");
        assertThat(order).endsWith("aborted");
        assertThat(order.subList(0, order.size() - 1)).containsOnly("part ended");
    }

    @Test
    void abortThatFailsIsAddedToTheReason() throws IOException {
        start(request -> request.operation().equals("Abort")
                ? Answer.error(403, "AccessDenied")
                : ScriptedUploads.answer(request));
        assertThatThrownBy(() -> client.upload(
                        "key",
                        out -> {
                            out.write(LARGE);
                            throw new IOException("source broke");
                        },
                        PutCondition.none()))
                .hasMessage("source broke")
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
    }

    @Test
    void interruptWhileTheStoreHangsAborts() throws IOException {
        Thread caller = Thread.currentThread();
        start(request -> {
            if (request.operation().equals("Complete")) {
                caller.interrupt();
                return store.hang();
            }
            return ScriptedUploads.answer(request);
        });
        assertThatThrownBy(() -> upload(LARGE, PutCondition.none())).isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).as("interrupt flag").isTrue();
        assertThat(store.operations()).contains("Abort");
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Request completion() {
        return store.requests().stream()
                .filter(request -> request.operation().equals("Complete"))
                .findFirst()
                .orElseThrow();
    }

    private StorageObject upload(byte[] content, PutCondition condition) throws IOException {
        return client.upload("key", ContentWriter.of(content), condition);
    }
}

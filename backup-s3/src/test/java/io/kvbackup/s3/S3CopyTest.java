package io.kvbackup.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.s3.ScriptedS3.Answer;
import io.kvbackup.s3.ScriptedS3.Request;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Copies in parts, in a store that misbehaves. */
@Timeout(60)
class S3CopyTest {
    private static final long SIZE = PartSizes.MIN + 1;
    private static final S3Settings SETTINGS = ScriptedS3.settings(
            builder -> builder.copyThreshold(PartSizes.MIN).timeouts(Duration.ofSeconds(2), Duration.ofSeconds(20)));

    private final AtomicInteger heads = new AtomicInteger();
    private final AtomicInteger completions = new AtomicInteger();

    /** @param copy what a look at the copy shows */
    private ScriptedS3 losingTheReply(Answer copy) throws IOException {
        return new ScriptedS3(request -> switch (request.operation()) {
            case "Head" -> heads.incrementAndGet() == 1 ? object("another-id", SIZE) : copy;
            case "Complete" -> completions.incrementAndGet() == 1 ? null : Answer.error(404, "NoSuchUpload");
            case "Abort" -> Answer.error(404, "NoSuchUpload");
            default -> answer(request);
        });
    }

    private static Answer answer(Request request) {
        return request.operation().equals("UploadPart")
                ? Answer.xml("<CopyPartResult><ETag>\"part\"</ETag></CopyPartResult>")
                : ScriptedUploads.answer(request);
    }

    private static Answer object(String id, long size) {
        Map<String, String> headers = Map.of(
                "ETag",
                "\"seen\"",
                "Content-Length",
                String.valueOf(size),
                "x-amz-meta-kvbackup-upload",
                id,
                "x-amz-meta-other",
                "kept");
        return new Answer(200, headers, "", size);
    }

    @Test
    void lostReplyToTheCompletionIsRecognisedAsSuccess() throws IOException {
        try (ScriptedS3 store = losingTheReply(object(ScriptedUploads.OURS, SIZE));
                S3StorageClient client = store.client(SETTINGS)) {
            client.copy("a", "b");

            assertThat(store.operations())
                    .containsExactly(
                            "Head", "Create", "UploadPart", "UploadPart", "Complete", "Complete", "Abort", "Head");
            Request create = store.requests().get(1);
            assertThat(create.header("x-amz-meta-kvbackup-upload")).contains(ScriptedUploads.OURS);
            assertThat(create.header("x-amz-meta-other")).contains("kept");
        }
    }

    @Test
    void objectOfAnotherOrOfAnotherSizeIsNotTakenForTheCopy() throws IOException {
        for (Answer found : new Answer[] {
            object("another-id", SIZE), object(ScriptedUploads.OURS, 7), Answer.error(404, "NoSuchKey")
        }) {
            heads.set(0);
            completions.set(0);
            try (ScriptedS3 store = losingTheReply(found);
                    S3StorageClient client = store.client(SETTINGS)) {
                assertThatThrownBy(() -> client.copy("a", "b"))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("cannot copy s3://bucket/b");
            }
        }
    }

    @Test
    void partThatFailsIsAborted() throws IOException {
        try (ScriptedS3 store = new ScriptedS3(request -> switch (request.operation()) {
                    case "Head" -> object("another-id", SIZE);
                    case "UploadPart" -> Answer.error(403, "AccessDenied");
                    default -> answer(request);
                });
                S3StorageClient client = store.client(SETTINGS)) {
            assertThatThrownBy(() -> client.copy("a", "b")).hasMessageContaining("s3://bucket/a");

            assertThat(store.operations()).containsExactly("Head", "Create", "UploadPart", "Abort");
        }
    }
}

package io.kvbackup.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.kvbackup.s3.ScriptedS3.Answer;
import io.kvbackup.s3.ScriptedS3.Request;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stores that do not know the SDK's checksums, and say so too late or not at all. */
@Timeout(60)
class ContentTrustTest {
    private static final int LARGE = (int) PartSizes.MIN + 1;

    /** What a look at an object shows. */
    private static Answer head(String etag, int size) {
        return new Answer(200, Map.of("ETag", etag, "Content-Length", String.valueOf(size)), "", size);
    }

    private static Answer silent(Request request) {
        return switch (request.operation()) {
            case "Put", "UploadPart" -> Answer.ok("ETag", "\"put\"");
            case "Delete" -> Answer.of(204, Map.of(), "");
            default -> ScriptedUploads.answer(request);
        };
    }

    private static S3StorageClient client(ScriptedS3 store, UnaryOperator<S3StorageClientBuilder> change) {
        return store.client(ScriptedS3.settings(builder -> change.apply(builder.partSize(PartSizes.MIN))));
    }

    /** What an upload of 7 bytes that replaces another object meets, of which a look shows this and then that. */
    private static String failure(Answer first, Answer second, List<String> operations) throws IOException {
        AtomicInteger heads = new AtomicInteger();
        try (ScriptedS3 store = new ScriptedS3(request -> request.operation().equals("Head")
                        ? heads.incrementAndGet() == 1 ? first : second
                        : silent(request));
                S3StorageClient client = client(store, builder -> builder)) {
            Throwable e = catchThrowable(
                    () -> client.upload("a", ContentWriter.of(new byte[7]), PutCondition.ifMatch("\"old\"")));
            operations.addAll(store.operations());
            return e.getMessage();
        }
    }

    private static StorageObject upload(S3StorageClient client, int size) throws IOException {
        return client.upload("a", ContentWriter.of(new byte[size]), PutCondition.none());
    }

    @ParameterizedTest
    @ValueSource(ints = {7, LARGE})
    void checksumsThatAreKeptAsContentFailTheUploadAndNothingIsLeft(int size) throws IOException {
        String etag = size == LARGE ? "\"done\"" : "\"put\"";
        try (ScriptedS3 store = new ScriptedS3(
                        request -> request.operation().equals("Head") ? head(etag, size + 296) : silent(request));
                S3StorageClient client = client(store, builder -> builder)) {
            assertThatThrownBy(() -> upload(client, size))
                    .isInstanceOf(IOException.class)
                    .hasMessageContainingAll("s3://bucket/a", size + " bytes", (size + 296) + "", "compatibility=true");

            assertThat(store.operations()).endsWith("Head", "Head", "Delete").doesNotContain("Abort");
        }
    }

    @Test
    void whatASpoiledObjectHasReplacedIsSaidToBeLost() throws IOException {
        List<String> operations = new ArrayList<>();
        assertThat(failure(head("\"put\"", 1), head("\"put\"", 1), operations))
                .contains("sent 7 bytes and keeps 1 byte; that was deleted, and what it has replaced is lost");
        assertThat(operations).containsExactly("Put", "Head", "Head", "Delete");
    }

    @Test
    void objectThatHasReplacedASpoiledOneIsNotDeleted() throws IOException {
        for (Answer second : new Answer[] {head("\"another's\"", 300), Answer.error(404, "NoSuchKey")}) {
            List<String> operations = new ArrayList<>();
            assertThat(failure(head("\"put\"", 300), second, operations)).contains("deleted or replaced since");
            assertThat(operations).containsExactly("Put", "Head", "Head");
        }
    }

    @Test
    void spoiledObjectThatCannotBeLookedAtAgainIsLeft() throws IOException {
        List<String> operations = new ArrayList<>();
        assertThat(failure(head("\"put\"", 300), Answer.error(403, "AccessDenied"), operations))
                .contains("could not be deleted, look at it");
        assertThat(operations).containsExactly("Put", "Head", "Head");
    }

    @Test
    void versionWithoutQuotesIsTheSame() throws IOException {
        try (ScriptedS3 store = new ScriptedS3(
                        request -> request.operation().equals("Head") ? head("put", 300) : silent(request));
                S3StorageClient client = client(store, builder -> builder)) {
            assertThatThrownBy(() -> upload(client, 7)).hasMessageContaining("compatibility=true");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 303})
    void recognisedUploadThatIsNotWhatWasSentFails(int kept) throws IOException {
        AtomicInteger puts = new AtomicInteger();
        try (ScriptedS3 store = new ScriptedS3(request -> switch (request.operation()) {
                    case "Put" -> puts.incrementAndGet() == 1 ? null : Answer.error(412, "PreconditionFailed");
                    case "Head" -> ScriptedUploads.head(ScriptedUploads.OURS, kept);
                    default -> silent(request);
                });
                S3StorageClient client = client(store, builder -> builder)) {
            assertThatThrownBy(() -> client.upload("a", ContentWriter.of(new byte[100]), PutCondition.ifAbsent()))
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessageContaining("sent 100 bytes and keeps " + kept + " bytes; that was deleted.");

            assertThat(store.operations()).containsExactly("Put", "Put", "Head", "Head", "Delete");
        }
    }

    @Test
    void completedUploadWhoseVersionIsAskedForHasToBeWhole() throws IOException {
        try (ScriptedS3 store = new ScriptedS3(request -> switch (request.operation()) {
                    case "Complete" -> Answer.xml("<CompleteMultipartUploadResult></CompleteMultipartUploadResult>");
                    case "Head" -> ScriptedUploads.head(ScriptedUploads.OURS, 7);
                    default -> silent(request);
                });
                S3StorageClient client = client(store, builder -> builder)) {
            assertThatThrownBy(() -> upload(client, LARGE)).hasMessageContaining("keeps 7 bytes; that was deleted");
        }
    }

    @Test
    void hostWithAClientOfItsOwnIsToldWhatToChangeInIt() throws IOException {
        try (ScriptedS3 store = new ScriptedS3(
                        request -> request.operation().equals("Head") ? head("\"put\"", 300) : silent(request));
                S3StorageClient client = client(store, builder -> builder.compatibility(true))) {
            assertThatThrownBy(() -> upload(client, 7)).hasMessageContainingAll("300", "S3Client", "WHEN_REQUIRED");
        }
    }

    @Test
    void firstObjectIsLookedAtAndNoOther() throws IOException {
        try (ScriptedS3 store = new ScriptedS3(
                        request -> request.operation().equals("Head") ? head("\"put\"", 7) : silent(request));
                S3StorageClient client = client(store, builder -> builder)) {
            upload(client, 7);
            upload(client, 7);
            upload(client, LARGE);

            assertThat(store.operations())
                    .containsExactly("Put", "Head", "Put", "Create", "UploadPart", "UploadPart", "Complete");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {7, LARGE})
    void storeThatConfirmsTheChecksumIsNotAsked(int size) throws IOException {
        try (ScriptedS3 store = new ScriptedS3(ScriptedUploads::answer);
                S3StorageClient client = client(store, builder -> builder)) {
            upload(client, size);

            assertThat(store.operations()).doesNotContain("Head");
        }
    }

    @Test
    void objectThatIsGoneOrAnothersSaysNothingAndTheNextIsLookedAt() throws IOException {
        for (Answer answer : new Answer[] {
            Answer.error(404, "NoSuchKey"), Answer.error(403, "AccessDenied"), head("\"another's\"", 300)
        }) {
            try (ScriptedS3 store =
                            new ScriptedS3(request -> request.operation().equals("Head") ? answer : silent(request));
                    S3StorageClient client = client(store, builder -> builder)) {
                assertThat(upload(client, 7).size()).isEqualTo(7);
                upload(client, 7);

                assertThat(store.operations()).containsExactly("Put", "Head", "Put", "Head");
            }
        }
    }
}

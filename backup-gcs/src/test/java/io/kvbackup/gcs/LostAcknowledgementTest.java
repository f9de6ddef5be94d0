package io.kvbackup.gcs;

import static io.kvbackup.storage.contract.StorageFixture.content;
import static io.kvbackup.storage.contract.StorageFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.gcs.server.Fault;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Writes that the store has made, although the client was not told so. */
class LostAcknowledgementTest extends GcsTest {
    private static final List<Fault> LOST =
            List.of(Fault.of(Fault.Kind.BREAK_AFTER_EFFECT), Fault.statusAfterEffect(503));

    @Test
    void conditionalPutWhoseReplyIsLostHasWon() throws IOException {
        for (Fault fault : LOST) {
            String key = "single-" + fault.kind();
            server.faults().next("POST", "uploadType=multipart", fault);
            StorageObject object = client.upload(key, ContentWriter.of(text("content")), PutCondition.ifAbsent());

            assertThat(client.stat(key)).as("%s", fault).contains(object);
            assertThat(read(key)).isEqualTo(text("content"));
        }
    }

    @Test
    void replacementWhoseReplyIsLostHasWon() throws IOException {
        StorageObject old = put("a", "old");
        server.faults().next("POST", "uploadType=multipart", Fault.statusAfterEffect(500));
        StorageObject now = client.upload("a", ContentWriter.of(text("new")), PutCondition.ifMatch(old.etag()));

        assertThat(client.stat("a")).contains(now);
        assertThat(read("a")).isEqualTo(text("new"));
    }

    @Test
    void lastChunkWhoseReplyIsLostHasWon() throws IOException {
        byte[] content = content(5, 3 * CHUNK + 5);
        for (Fault fault : LOST) {
            String key = "resumable-" + fault.kind();
            server.faults().add("PUT", "upload_id=", 3, 1, fault);
            StorageObject object = client.upload(key, ContentWriter.of(content), PutCondition.ifAbsent());

            assertThat(client.stat(key)).as("%s", fault).contains(object);
            assertThat(read(key)).isEqualTo(content);
            server.faults().clear();
        }
        assertNothingLeftBehind();
    }

    @Test
    void lastChunkIsRecognisedEvenIfTheSessionIsForgotten() throws IOException {
        byte[] content = content(6, CHUNK + 5);
        server.faults().add("PUT", "upload_id=", 1, 1, Fault.statusAfterEffect(503));
        server.faults().add("PUT", "upload_id=", 1, 1, Fault.status(410));
        StorageObject object = client.upload("a", ContentWriter.of(content), PutCondition.ifAbsent());

        assertThat(client.stat("a")).contains(object);
        assertThat(read("a")).isEqualTo(content);
    }

    @Test
    void writeIsRecognisedEvenIfItsRepetitionIsRefused() throws IOException {
        for (int status : new int[] {400, 401, 403}) {
            String key = "single-" + status;
            server.faults().next("POST", "uploadType=multipart", Fault.statusAfterEffect(503));
            server.faults().next("POST", "uploadType=multipart", Fault.status(status));
            StorageObject object = client.upload(key, ContentWriter.of(text("content")), PutCondition.ifAbsent());

            assertThat(client.stat(key)).as("%s", status).contains(object);
            server.faults().clear();
        }
    }

    @Test
    void lastChunkIsRecognisedEvenIfTheQuestionAboutItIsRefused() throws IOException {
        byte[] content = content(8, CHUNK + 5);
        server.faults().add("PUT", "upload_id=", 1, 1, Fault.statusAfterEffect(503));
        server.faults().add("PUT", "upload_id=", 1, 1, Fault.status(403));
        StorageObject object = client.upload("a", ContentWriter.of(content), PutCondition.ifAbsent());

        assertThat(client.stat("a")).contains(object);
        assertThat(read("a")).isEqualTo(content);
    }

    @Test
    void refusalAfterAnAttemptWithoutEffectIsOne() throws IOException {
        server.faults().next("POST", "uploadType=multipart", Fault.status(503));
        server.faults().next("POST", "uploadType=multipart", Fault.status(403));

        assertThatThrownBy(() -> put("a", "content")).isInstanceOf(AccessDeniedException.class);
        assertAbsent("a");
    }

    @Test
    void sessionIsCancelledBeforeItIsAskedWhoseObjectIsThere() {
        server.faults().add("PUT", "upload_id=", 2, Integer.MAX_VALUE, Fault.status(503));
        assertThatThrownBy(() -> put("a", content(7, 2 * CHUNK + 5))).isInstanceOf(IOException.class);

        List<String> methods = server.requests().stream()
                .map(request -> request.substring(0, request.indexOf(' ')))
                .toList();
        assertThat(methods.indexOf("DELETE"))
                .as("%s", server.requests())
                .isPositive()
                .isLessThan(methods.indexOf("GET"));
        assertNothingLeftBehind();
    }

    @Test
    void conditionThatMayBeLostToOurselvesIsNotSomebodyElses() {
        server.faults().next("POST", "uploadType=multipart", Fault.of(Fault.Kind.BREAK_AFTER_EFFECT));
        server.faults().always("GET", "/o/", Fault.status(403));

        assertThatThrownBy(() -> client.upload("a", ContentWriter.of(text("content")), PutCondition.ifAbsent()))
                .isExactlyInstanceOf(IOException.class)
                .hasMessageContaining("cannot upload gs://bucket/some/prefix/a")
                .hasMessageContaining("whose it is");
    }

    @Test
    void objectOfSomebodyElseIsNotTakenForOurs() throws IOException {
        put("a", "theirs");
        server.faults().next("POST", "uploadType=multipart", Fault.status(503));

        assertThatThrownBy(() -> client.upload("a", ContentWriter.of(text("theirs")), PutCondition.ifAbsent()))
                .isInstanceOf(PreconditionFailedException.class)
                .hasMessageContaining("gs://bucket/some/prefix/a");
        assertThat(read("a")).isEqualTo(text("theirs"));
    }

    @Test
    void writeThatNobodyCanTellAboutFailsWithItsOwnReason() {
        server.faults().always("POST", "uploadType=multipart", Fault.statusAfterEffect(503));
        server.faults().always("GET", "/o/", Fault.status(500));

        assertThatThrownBy(() -> put("a", "content"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot upload gs://bucket/some/prefix/a")
                .hasMessageContaining("503");
    }

    @Test
    void deletionsWhoseReplyIsLostAreDone() throws IOException {
        put("a", "1");
        put("b", "2");
        put("c", "3");
        server.faults().next("DELETE", "/o/", Fault.statusAfterEffect(503));
        client.delete(List.of("a"));
        server.faults().next("POST", "/batch/", Fault.of(Fault.Kind.BREAK_AFTER_EFFECT));
        client.delete(List.of("b", "c"));

        assertThat(keys("", "")).isEmpty();
    }
}

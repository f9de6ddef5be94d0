package io.kvbackup.gcs;

import static io.kvbackup.storage.contract.StorageFixture.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.gcs.server.Fault;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.UploadLostException;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Resumable uploads whose requests fail on the way. */
class ResumableUploadTest extends GcsTest {
    private static final String SESSION = "upload_id=";

    private final byte[] content = content(11, 4 * CHUNK + 1_000);

    @Test
    void goesOnAfterAFailureOfAnyRequest() throws IOException {
        List<Fault> faults = List.of(
                Fault.status(503),
                Fault.status(429),
                Fault.of(Fault.Kind.BREAK),
                Fault.statusAfterEffect(500),
                Fault.of(Fault.Kind.BREAK_AFTER_EFFECT));
        for (Fault fault : faults) {
            for (int number = 0; number < 5; number++) {
                server.faults().add("PUT", SESSION, number, 1, fault);
                put("a", content);

                assertThat(read("a")).as("%s at request %d", fault, number).isEqualTo(content);
                server.faults().clear();
                assertNothingLeftBehind();
            }
        }
    }

    @Test
    void questionMayFailToo() throws IOException {
        server.faults().add("PUT", SESSION, 1, 3, Fault.status(503));
        put("a", content);

        assertThat(read("a")).isEqualTo(content);
    }

    @Test
    void whatTheStoreDidNotKeepIsSentAgain() throws IOException {
        try (GcsStorageClient large = builder(storage, java.time.Duration.ofSeconds(20))
                .chunkSize(4 * CHUNK)
                .build()) {
            byte[] more = content(12, 13 * CHUNK + 7);
            server.keepOfChunks(CHUNK + 99);
            large.upload("a", ContentWriter.of(more), PutCondition.none());

            assertThat(read("a")).isEqualTo(more);
        }
    }

    @Test
    void storeThatKeepsNothingIsGivenUp() throws IOException {
        server.keepOfChunks(0);

        assertThatThrownBy(() -> put("a", content))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("keeps nothing");
        assertAbsent("a");
        assertNothingLeftBehind();
    }

    @Test
    void openingMayFailAtFirst() throws IOException {
        server.faults().add("POST", "uploadType=resumable", 0, 2, Fault.status(503));
        put("a", content);

        assertThat(read("a")).isEqualTo(content);
    }

    @Test
    void credentialsAreNotSentInTheClearOrToSomebodyElse() throws IOException {
        URI google = URI.create("https://storage.googleapis.com/upload");
        URI other = URI.create("https://store.example:8443/upload");
        for (String refused :
                List.of("http://europe-storage.googleapis.com/x", "https://evil.example/x", "https:opaque")) {
            assertThatThrownBy(() -> ResumableUpload.trusted(google, URI.create(refused), true, "a"))
                    .as(refused)
                    .isInstanceOf(FinalFailure.class)
                    .hasMessageContaining("cannot upload a")
                    .hasMessageContaining("credentials");
        }
        for (String fine : List.of("https://store.example/x", "https://europe-west3-storage.googleapis.com/x")) {
            assertThat(ResumableUpload.trusted(other, URI.create(fine), true, "a"))
                    .isEqualTo(URI.create(fine));
        }
        URI plain = URI.create("http://elsewhere.example/x");
        assertThat(ResumableUpload.trusted(URI.create("http://127.0.0.1:9/"), plain, true, "a"))
                .as("nothing is secret there")
                .isEqualTo(plain);
    }

    @Test
    void storeThatDoesNotKnowOfTheProxyBeforeItIsReachedThroughIt() throws IOException {
        URI proxy = URI.create("https://store.example:8443/upload");
        for (String told : List.of("http://store.example/x?upload_id=1", "http://STORE.example:8443/x?upload_id=1")) {
            assertThat(ResumableUpload.trusted(proxy, URI.create(told), true, "a"))
                    .as(told)
                    .isEqualTo(URI.create("https://store.example:8443/x?upload_id=1"));
        }
        URI inside = URI.create("http://inside.example/x");
        assertThat(ResumableUpload.trusted(proxy, inside, false, "a"))
                .as("without credentials there is nothing to give away")
                .isEqualTo(inside);
    }

    @Test
    void storeThatStaysUnavailableIsGivenUpAndTheSessionCancelled() throws IOException {
        server.faults().add("PUT", SESSION, 2, Integer.MAX_VALUE, Fault.status(503));

        assertThatThrownBy(() -> put("a", content))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot upload gs://bucket/some/prefix/a")
                .hasMessageContaining("try later");
        assertThat(server.requests().stream().filter(request -> request.startsWith("PUT")))
                .as("attempts")
                .hasSizeGreaterThan(10);
        assertAbsent("a");
        assertNothingLeftBehind();
    }

    @Test
    void uploadStartsAnewWhenItsSessionIsGone() throws IOException {
        for (int status : new int[] {404, 410}) {
            for (int number = 0; number < 5; number++) {
                server.faults().add("PUT", SESSION, number, 1, Fault.status(status));
                client.upload("a" + status + number, ContentWriter.of(content), PutCondition.ifAbsent());

                assertThat(read("a" + status + number))
                        .as("%d at request %d", status, number)
                        .isEqualTo(content);
                server.faults().clear();
            }
        }
    }

    @Test
    void storeThatLosesEveryUploadIsGivenUp() throws IOException {
        server.faults().always("PUT", SESSION, Fault.status(410));

        assertThatThrownBy(() -> client.upload("a", ContentWriter.of(content), PutCondition.none()))
                .isInstanceOf(UploadLostException.class)
                .hasMessageContaining("unfinished upload is gone");
        assertAbsent("a");
    }

    @Test
    void sessionThatIsGoneFailsAnUploadThatCannotStartAnew() throws IOException {
        assertThatThrownBy(() -> client.upload(
                        "a",
                        out -> {
                            out.write(content, 0, 2 * CHUNK);
                            server.expireUploads();
                            out.write(content, 2 * CHUNK, 2 * CHUNK);
                        },
                        PutCondition.none()))
                .isInstanceOf(UploadLostException.class)
                .hasMessageContaining("unfinished upload is gone");
        assertAbsent("a");
    }

    @Test
    void t1_sourceFailureIsTheFailureReportedEvenIfTheSessionCannotBeCancelled() throws IOException {
        server.faults().always("DELETE", SESSION, Fault.status(503));

        assertThatThrownBy(() -> client.upload(
                        "a",
                        out -> {
                            out.write(content);
                            throw new IOException("source broke");
                        },
                        PutCondition.none()))
                .hasMessage("source broke")
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        assertAbsent("a");
    }

    @Test
    void t1_swallowedFailureOfTheStoreIsNotACommit() throws IOException {
        server.faults().add("PUT", SESSION, 1, Integer.MAX_VALUE, Fault.status(403));

        assertThatThrownBy(() -> client.upload(
                        "a",
                        out -> {
                            for (int i = 0; i < 5; i++) {
                                try {
                                    out.write(content(i, CHUNK));
                                } catch (IOException e) {
                                    assertThat(e).hasMessageContaining("not allowed");
                                }
                            }
                        },
                        PutCondition.none()))
                .hasMessageContaining("not allowed");
        assertAbsent("a");
        assertNothingLeftBehind();
    }
}

package io.kvbackup.gcs;

import static io.kvbackup.storage.contract.StorageFixture.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.cloud.storage.Storage;
import com.google.cloud.storage.StorageException;
import io.kvbackup.gcs.server.Fault;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.PutCondition;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** T24: no exception of the library gets out, and messages say what to do. */
class GcsFailuresTest extends GcsTest {
    @Test
    void t24_refusalsAreAccessDenied() throws IOException {
        put("a", "content");
        always(Fault.status(403));
        operations(client)
                .forEach((name, operation) -> assertThatThrownBy(operation)
                        .as(name)
                        .isInstanceOf(AccessDeniedException.class)
                        .hasMessageContaining(name + " is not allowed")
                        .hasMessageContaining("credentials may " + name + " objects of bucket 'bucket'"));
        always(Fault.status(401));
        assertThatThrownBy(() -> client.stat("a"))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("option credentials");
    }

    @Test
    void t24_serverErrorsAreIoExceptions() throws IOException {
        put("a", "content");
        for (int status : new int[] {429, 500, 502, 503, 504}) {
            always(Fault.status(status));
            operations(client)
                    .forEach((name, operation) -> assertThatThrownBy(operation)
                            .as("%s with status %d", name, status)
                            .isExactlyInstanceOf(IOException.class)
                            .hasMessageContaining("cannot " + name + " gs://bucket/some/prefix/")
                            .hasMessageContaining("try later"));
        }
    }

    @Test
    void t24_otherRefusalsAreIoExceptionsAndNotTriedAgain() throws IOException {
        put("a", "content");
        always(Fault.status(400));
        operations(client).forEach((name, operation) -> {
            int before = server.requests().size();
            assertThatThrownBy(operation)
                    .as(name)
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessageContaining("the store refused it");
            assertThat(server.requests().size() - before).as(name).isEqualTo(1);
        });
    }

    @Test
    void t24_brokenConnectionsAreIoExceptions() throws IOException {
        put("a", "content");
        always(Fault.of(Fault.Kind.BREAK));
        operations(client)
                .forEach((name, operation) -> assertThatThrownBy(operation)
                        .as(name)
                        .isExactlyInstanceOf(IOException.class)
                        .hasMessageContaining("check option endpoint and the network"));
    }

    @Test
    void unreachableStoreSaysSo() throws Exception {
        server.close();
        operations(client)
                .forEach((name, operation) -> assertThatThrownBy(operation)
                        .as(name)
                        .isExactlyInstanceOf(IOException.class)
                        .hasMessageContaining("check option endpoint"));
        try (Storage nowhere = storageAt("http://no-such-host.invalid");
                GcsStorageClient lost = builder(nowhere, Duration.ofSeconds(5)).build()) {
            assertThatThrownBy(() -> lost.stat("a"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("there is no host");
        }
    }

    @Test
    void missingBucketIsNotAMissingObject() throws Exception {
        try (GcsStorageClient lost = GcsStorageClient.of(storage, "no-such-bucket", "")) {
            operations(lost)
                    .forEach((name, operation) -> assertThatThrownBy(operation)
                            .as(name)
                            .isExactlyInstanceOf(IOException.class)
                            .hasMessageContaining("bucket 'no-such-bucket' does not exist"));
        }
    }

    @Test
    void bucketIsNotTakenForSeenByAListingThatFailed() throws Exception {
        server.faults().next("GET", "/o?", Fault.status(403));
        server.faults().always("GET", "/o?", Fault.status(503));
        try (GcsStorageClient lost = GcsStorageClient.builder(storage, "no-such-bucket")
                .pauses(Duration.ofMillis(1), new Hurried(), new java.util.Random(1))
                .timeouts(Duration.ofSeconds(20), Duration.ofSeconds(20))
                .build()) {
            assertThat(lost.stat("a")).as("nobody may tell").isEmpty();
            assertThatThrownBy(() -> lost.stat("a")).hasMessageContaining("try later");
            server.faults().clear();
            assertThatThrownBy(() -> lost.stat("a")).hasMessageContaining("bucket 'no-such-bucket' does not exist");
        }
    }

    @Test
    void wrongCredentialsAreNotTriedAgain() {
        class NoToken extends IOException implements com.google.auth.Retryable {
            private static final long serialVersionUID = 1L;

            @Override
            public boolean isRetryable() {
                return false;
            }

            @Override
            public int getRetryCount() {
                return 0;
            }
        }
        assertThat(Retries.isTransient(new NoToken())).isFalse();
        assertThat(Retries.isTransient(new IOException("no access token", new NoToken())))
                .isFalse();
        assertThat(Retries.isTransient(new IOException("reset"))).isTrue();
    }

    @Test
    void interruptBetweenAttemptsIsHonoured() throws IOException {
        server.faults().always("POST", "uploadType=multipart", Fault.status(503));
        try (GcsStorageClient interrupted = builder(storage, Duration.ofSeconds(20))
                .pauses(
                        Duration.ofHours(1),
                        new Retries.Sleeper() {
                            @Override
                            public void sleep(Duration pause) throws InterruptedException {
                                throw new InterruptedException();
                            }

                            @Override
                            public long nanoTime() {
                                return 0;
                            }
                        },
                        new java.util.Random(1))
                .timeouts(Duration.ofSeconds(20), Duration.ofDays(1))
                .build()) {
            assertThatThrownBy(() -> interrupted.upload("a", out -> out.write(1), PutCondition.none()))
                    .isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void t21_timeOutOfAConnectionPoolIsNoInterrupt() {
        IOException timeout = new PoolTimeout("no connection within 5 s");
        StorageException wrapped = StorageException.translate(timeout);
        for (Exception each : List.of(timeout, wrapped)) {
            assertThat(Retries.isTransient(each)).as(each.toString()).isTrue();
            assertThat(GcsFailures.translate("stat", new GcsPlace("bucket", ""), "a", each))
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessageContaining("did not answer in time (no connection within 5 s)")
                    .hasMessageContaining("connectTimeout");
            assertThat(Thread.interrupted()).isFalse();
        }
    }

    @Test
    void interruptIsNotTriedAgain() {
        IOException interrupt = new InterruptedIOException("stopped");
        StorageException wrapped = StorageException.translate(interrupt);
        for (Exception each : List.of(interrupt, wrapped)) {
            assertThat(Retries.isTransient(each)).as(each.toString()).isFalse();
            assertThat(GcsFailures.translate("stat", new GcsPlace("bucket", ""), "a", each))
                    .isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    /** As HTTP clients that a host may plug in throw it. */
    private static final class PoolTimeout extends InterruptedIOException {
        private static final long serialVersionUID = 1L;

        PoolTimeout(String message) {
            super(message);
        }
    }

    private void always(Fault fault) {
        server.faults().clear();
        for (String method : List.of("GET", "POST", "PUT", "DELETE")) {
            server.faults().always(method, "/", fault);
        }
    }

    private static Storage storageAt(String endpoint) throws IOException {
        return GcsClients.create(
                new GcsConnection(URI.create(endpoint), null, GcsConnection.NONE, Duration.ofSeconds(5)),
                new GcsSettings(CHUNK, null, null, Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofMillis(1)));
    }

    private static Map<String, ThrowingCallable> operations(GcsStorageClient client) {
        Map<String, ThrowingCallable> operations = new LinkedHashMap<>();
        operations.put("stat", () -> client.stat("a"));
        operations.put("list", () -> {
            try {
                client.list("").toList();
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        });
        operations.put("download", () -> client.download("a", ByteRange.all()));
        operations.put("upload", () -> client.upload("b", out -> out.write(content(1, 10)), PutCondition.none()));
        operations.put("copy", () -> client.copy("a", "b"));
        operations.put("delete", () -> client.delete(List.of("a")));
        return operations;
    }
}

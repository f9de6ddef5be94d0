package io.kvbackup.gcs;

import static io.kvbackup.storage.contract.StorageFixture.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.cloud.storage.Storage;
import io.kvbackup.gcs.server.Fault;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** T21: every request, and all its retries, end in time. */
class HungStoreTest extends GcsTest {
    private static final Duration TIMEOUT = Duration.ofMillis(300);

    @Test
    void t21_hungStoreIsGivenUpByEveryOperation() throws Exception {
        put("a", "content");
        for (String method : List.of("GET", "POST", "PUT", "DELETE")) {
            server.faults().always(method, "/", Fault.of(Fault.Kind.HANG));
        }
        try (Storage hasty = storage(TIMEOUT);
                GcsStorageClient client = builder(hasty, TIMEOUT).build()) {
            List<ThrowingCallable> operations = List.of(
                    () -> client.stat("a"),
                    () -> client.download("a", io.kvbackup.storage.ByteRange.all()),
                    () -> client.upload("b", out -> out.write(1), PutCondition.none()),
                    () -> client.upload("b", ContentWriter.of(content(1, 3 * CHUNK)), PutCondition.none()),
                    () -> client.copy("a", "b"),
                    () -> client.delete(List.of("a")),
                    () -> client.delete(List.of("a", "b")));
            for (ThrowingCallable operation : operations) {
                assertGivesUp(operation);
            }
            assertThatThrownBy(() -> client.list("").count()).hasMessageContaining("did not answer in time");
        }
    }

    @Test
    void t21_storeThatHangsInTheMiddleOfAnUploadIsGivenUp() throws Exception {
        server.faults().add("PUT", "upload_id=", 2, Integer.MAX_VALUE, Fault.of(Fault.Kind.HANG));
        try (Storage hasty = storage(TIMEOUT);
                GcsStorageClient client = builder(hasty, TIMEOUT).build()) {
            assertGivesUp(() -> client.upload("b", ContentWriter.of(content(1, 5 * CHUNK)), PutCondition.none()));
        }
        assertAbsent("b");
        assertNothingLeftBehind();
    }

    @Test
    void t21_storeThatReadsNothingIsGivenUp() throws Exception {
        try (ServerSocket deaf = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Storage hasty = GcsClients.create(
                        new GcsConnection(
                                URI.create("http://127.0.0.1:" + deaf.getLocalPort()),
                                null,
                                GcsConnection.NONE,
                                Duration.ofSeconds(5)),
                        new GcsSettings(CHUNK, null, null, TIMEOUT, TIMEOUT, Duration.ofMillis(1)));
                GcsStorageClient client =
                        builder(hasty, TIMEOUT).chunkSize(64 << 20).build()) {
            // More than the buffers of both sockets take.
            assertGivesUp(() -> client.upload("b", ContentWriter.of(new byte[48 << 20]), PutCondition.none()));
        }
    }

    private static void assertGivesUp(ThrowingCallable operation) {
        long start = System.nanoTime();
        assertThatThrownBy(operation)
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(java.io.InterruptedIOException.class)
                .hasMessageContaining("attemptTimeout");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }
}

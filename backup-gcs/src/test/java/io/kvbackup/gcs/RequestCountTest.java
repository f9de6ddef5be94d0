package io.kvbackup.gcs;

import static io.kvbackup.storage.contract.StorageFixture.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.gcs.server.Fault;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.RetryPolicy;
import io.kvbackup.storage.RetryingStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** T17: how many requests an operation costs. */
class RequestCountTest extends GcsTest {
    @Test
    void t17_operationsOnOneObjectAreOneRequest() throws Throwable {
        assertThat(requests(() -> put("a", "content"))).isEqualTo(1);
        StorageObject object = client.stat("a").orElseThrow();
        assertThat(requests(() -> client.stat("a"))).isEqualTo(1);
        assertThat(requests(() -> read("a"))).isEqualTo(1);
        assertThat(requests(() -> client.download(object, ByteRange.of(1, 2)).close()))
                .isEqualTo(1);
        assertThat(requests(() -> client.delete(List.of("a")))).isEqualTo(1);
    }

    @Test
    void t17_largeUploadIsOneRequestMoreThanItHasChunks() throws Throwable {
        assertThat(requests(() -> put("a", content(1, 4 * CHUNK + 1)))).isEqualTo(6);
    }

    @Test
    void t17_deletionGoesAHundredAtATime() throws Throwable {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            keys.add("k" + i);
        }
        client.delete(List.of("missing"));
        assertThat(requests(() -> client.delete(keys))).isEqualTo(3);
    }

    @Test
    void listingFetchesPagesWhenTheyAreRead() throws IOException {
        for (int i = 0; i < 1_001; i++) {
            put("k" + (10_000 + i), "");
        }
        int before = server.requests().size();
        try (Stream<StorageObject> objects = client.list("k")) {
            assertThat(server.requests()).hasSize(before);
            Iterator<StorageObject> iterator = objects.iterator();
            for (int i = 0; i < 1_000; i++) {
                iterator.next();
            }
            assertThat(server.requests()).hasSize(before + 1);
            assertThat(iterator.next().key()).isEqualTo("k11000");
            assertThat(iterator.hasNext()).isFalse();
            assertThat(server.requests()).hasSize(before + 2);
        }
    }

    @Test
    void t16_failedPageIsAskedForAgainAndNotTheWholeListing() throws IOException {
        for (int i = 0; i < 1_001; i++) {
            put("k" + (10_000 + i), "");
        }
        server.faults().add("GET", "/o?", 1, 2, Fault.status(503));
        int before = server.requests().size();

        assertThat(keys("k", "")).hasSize(1_001);
        assertThat(server.requests()).hasSize(before + 4);
    }

    @Test
    void largeCopyTakesAsManyRequestsAsTheStoreWants() throws Throwable {
        byte[] content = content(3, 10 * CHUNK);
        put("a", content);
        server.rewritePerCall(4L * CHUNK);

        assertThat(requests(() -> client.copy("a", "b"))).isEqualTo(1 + 3);
        assertThat(read("b")).isEqualTo(content);
    }

    @Test
    void storeWithoutBatchesIsServedOneByOne() throws IOException {
        put("a", "1");
        put("b", "2");
        server.faults().always("POST", "/batch/", Fault.status(404));
        client.delete(List.of("a", "b", "missing"));

        assertThat(keys("", "")).isEmpty();
    }

    @Test
    void batchThatIsRefusedFails() throws IOException {
        put("a", "1");
        server.faults().always("POST", "/batch/", Fault.status(403));

        assertThatThrownBy(() -> client.delete(List.of("a", "b"))).isInstanceOf(AccessDeniedException.class);
    }

    @Test
    void retriesAreNotMultipliedByThoseAround() throws Throwable {
        put("a", "1");
        for (String method : List.of("GET", "POST", "DELETE")) {
            server.faults().always(method, "/", Fault.status(503));
        }
        try (StorageClient retrying = new RetryingStorageClient(client, RetryPolicy.defaults())) {
            assertThat(failing(() -> retrying.stat("a"))).isEqualTo(failing(() -> client.stat("a")));
            assertThat(failing(() -> retrying.delete(List.of("a"))))
                    .isEqualTo(failing(() -> client.delete(List.of("a"))));
            assertThat(failing(() -> retrying.copy("a", "b"))).isEqualTo(failing(() -> client.copy("a", "b")));
            assertThat(failing(() -> retrying.upload("b", out -> out.write(1), PutCondition.none())))
                    .isEqualTo(failing(() -> client.upload("b", out -> out.write(1), PutCondition.none())));
        }
    }

    private int failing(ThrowingCallable operation) throws Throwable {
        return requests(() -> assertThatThrownBy(operation).isInstanceOf(IOException.class));
    }

    @Test
    void closingADownloadEarlyReadsNoMore() throws IOException {
        put("a", content(1, 2 * CHUNK));
        try (InputStream in = client.download("a", ByteRange.all())) {
            assertThat(in.readNBytes(10)).hasSize(10);
        }
        assertThat(read("a")).hasSize(2 * CHUNK);
    }

    private int requests(ThrowingCallable operation) throws Throwable {
        int before = server.requests().size();
        operation.call();
        return server.requests().size() - before;
    }
}

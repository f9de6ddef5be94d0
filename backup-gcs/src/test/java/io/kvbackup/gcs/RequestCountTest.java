package io.kvbackup.gcs;

import static io.kvbackup.storage.contract.StorageFixture.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.cloud.NoCredentials;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.StorageOptions;
import io.kvbackup.gcs.server.Fault;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.retry.RetryPolicy;
import io.kvbackup.storage.retry.RetryingStorageClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** T17: how many requests an operation costs. */
class RequestCountTest extends GcsTest {
    private static final int PAGE = 20;

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
        putMoreThanAPage();
        int before = server.requests().size();
        try (Stream<StorageObject> objects = client.list("k")) {
            assertThat(server.requests()).hasSize(before);
            Iterator<StorageObject> iterator = objects.iterator();
            for (int i = 0; i < PAGE; i++) {
                iterator.next();
            }
            assertThat(server.requests()).hasSize(before + 1);
            assertThat(iterator.next().key()).isEqualTo("k" + (1_000 + PAGE));
            assertThat(iterator.hasNext()).isFalse();
            assertThat(server.requests()).hasSize(before + 2);
        }
    }

    @Test
    void t16_failedPageIsAskedForAgainAndNotTheWholeListing() throws IOException {
        putMoreThanAPage();
        server.faults().add("GET", "/o?", 1, 2, Fault.status(503));
        int before = server.requests().size();

        assertThat(keys("k", "")).hasSize(PAGE + 1);
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

    /**
     * As many as fit into 20 seconds: with pauses from a millisecond on, doubled each time, of which half is random.
     */
    @Test
    void retriesFillTheTimeOfACallAndAreNotMultiplied() throws Throwable {
        put("a", "1");
        for (String method : List.of("GET", "POST", "DELETE")) {
            server.faults().always(method, "/", Fault.status(503));
        }
        try (Storage hosts = StorageOptions.http()
                        .setHost(server.endpoint())
                        .setProjectId("host")
                        .setCredentials(NoCredentials.getInstance())
                        .build()
                        .getService();
                StorageClient onHosts = builder(hosts, Duration.ofSeconds(20)).build();
                StorageClient retrying = new RetryingStorageClient(onHosts, RetryPolicy.defaults())) {
            for (StorageClient each : List.of(client, onHosts, retrying)) {
                Map<String, ThrowingCallable> verbs = new LinkedHashMap<>();
                verbs.put("stat", () -> each.stat("a"));
                verbs.put("list", () -> {
                    try {
                        each.list("").count();
                    } catch (UncheckedIOException e) {
                        throw e.getCause();
                    }
                });
                verbs.put("delete", () -> each.delete(List.of("a")));
                verbs.put("delete two", () -> each.delete(List.of("a", "b")));
                verbs.put("copy", () -> each.copy("a", "b"));
                verbs.put("download", () -> each.download("a", ByteRange.all()));
                for (Map.Entry<String, ThrowingCallable> verb : verbs.entrySet()) {
                    assertThat(failing(verb.getValue()))
                            .as("%s by %s", verb.getKey(), each)
                            .isBetween(13, 17);
                }
                assertThat(failing(() -> each.upload("b", out -> out.write(1), PutCondition.none())))
                        .as("the upload, and the question whether it is there after all")
                        .isBetween(2 * 13, 2 * 17);
            }
        }
    }

    /** The source of a copy is found, but the copy itself fails at first. */
    @Test
    void everyStepOfACopyIsTriedAgain() throws Throwable {
        byte[] content = content(3, 10 * CHUNK);
        put("a", content);
        server.rewritePerCall(4L * CHUNK);
        server.faults().add("POST", "/rewriteTo/", 0, 1, Fault.status(503));
        server.faults().add("POST", "/rewriteTo/", 1, 1, Fault.status(503));

        assertThat(requests(() -> client.copy("a", "b"))).isEqualTo(1 + 3 + 2);
        assertThat(read("b")).isEqualTo(content);
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

    private void putMoreThanAPage() throws IOException {
        server.pageSize(PAGE);
        for (int i = 0; i <= PAGE; i++) {
            put("k" + (1_000 + i), "");
        }
    }

    private int requests(ThrowingCallable operation) throws Throwable {
        int before = server.requests().size();
        operation.call();
        return server.requests().size() - before;
    }
}

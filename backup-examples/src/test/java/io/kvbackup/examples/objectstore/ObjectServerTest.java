package io.kvbackup.examples.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvbackup.examples.http.HostProcess;
import io.kvbackup.examples.http.HostProcess.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server as a process. */
@Tag("thorough")
class ObjectServerTest {
    private static final String[] KEY = {
        "Authorization", "Basic " + Base64.getEncoder().encodeToString("key:secret".getBytes(StandardCharsets.UTF_8))
    };

    @TempDir
    private Path folder;

    private HostProcess start(String data, Map<String, String> more) throws IOException {
        Map<String, String> environment = new HashMap<>(Map.of(
                "JOG_PORT", "0",
                "JOG_DATA_DIR", folder.resolve(data).toString(),
                "JOG_ACCESS_KEY", "key",
                "JOG_SECRET_KEY", "secret",
                "LITESTREAM_REPLICA_URL", folder.resolve("replica").toUri().toString()));
        environment.putAll(more);
        return HostProcess.start(ObjectServer.class, environment);
    }

    private static Reply send(HostProcess server, String method, String path, String body) {
        return server.send(method, path, body.getBytes(StandardCharsets.UTF_8), KEY)
                .join();
    }

    private static Reply get(HostProcess server, String path) {
        return server.get(path, KEY);
    }

    private static List<String> keys(HostProcess server, String path) {
        return get(server, path).isSuccess().data().path("objects").findValuesAsText("key");
    }

    @Test
    void objectsArePutListedAndDeleted() throws Exception {
        try (HostProcess server = start("data", Map.of())) {
            send(server, "PUT", "/photos", "").isSuccess();
            send(server, "PUT", "/photos", "").isError(409, "BUCKET_ALREADY_EXISTS");
            for (String key : List.of("a", "dir/b", "dir//c", "dir/%C3%A9+%20x")) {
                send(server, "PUT", "/photos/" + key, "content of " + key).isSuccess();
            }
            send(server, "PUT", "/photos/empty", "").isSuccess();

            assertThat(keys(server, "/photos")).containsExactly("a", "dir//c", "dir/b", "dir/é+ x", "empty");
            assertThat(keys(server, "/photos?prefix=dir/b")).containsExactly("dir/b");
            assertThat(keys(server, "/photos?after=dir/b&prefix=dir")).containsExactly("dir/é+ x");
            assertThat(get(server, "/photos/dir//c").text()).isEqualTo("content of dir//c");
            assertThat(get(server, "/photos/empty").text()).isEmpty();
            assertThat(send(server, "HEAD", "/photos/a", "").status()).isEqualTo(200);
            send(server, "PUT", "/photos/a", "replaced").isSuccess();
            assertThat(get(server, "/photos/a").text()).isEqualTo("replaced");
            assertThat(get(server, "/").data().findValuesAsText("name")).containsExactly("photos");
            send(server, "DELETE", "/photos", "").isError(409, "BUCKET_NOT_EMPTY");
            send(server, "DELETE", "/photos/a", "").isSuccess();
            get(server, "/photos/a").isError(404, "OBJECT_NOT_FOUND");
        }
    }

    @Test
    void aLostServerComesBackFromItsReplica() throws Exception {
        try (HostProcess server = start("first", Map.of())) {
            send(server, "PUT", "/docs", "").isSuccess();
            for (int i = 0; i < 20; i++) {
                send(server, "PUT", "/docs/" + i, "content " + i).isSuccess();
            }
            send(server, "DELETE", "/docs/7", "").isSuccess();
            send(server, "POST", "/-/replica/sync", "").isSuccess();
            assertThat(get(server, "/-/replica").data().path("last").asText()).startsWith("backups/full/");
            server.kill();
        }
        try (HostProcess server = start("second", Map.of())) {
            assertThat(keys(server, "/docs")).hasSize(19);
            for (int i = 0; i < 20; i++) {
                if (i != 7) {
                    assertThat(get(server, "/docs/" + i).text()).isEqualTo("content " + i);
                }
            }
            String before = send(server, "POST", "/-/replica/sync", "")
                    .isSuccess()
                    .data()
                    .path("last")
                    .asText();
            send(server, "PUT", "/docs/later", "x").isSuccess();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !get(server, "/-/replica")
                            .data()
                            .path("last")
                            .asText()
                            .equals(before));
        }
    }

    @Test
    @Tag("soak")
    void everyReplicaHasAContentForEachOfItsRows() throws Exception {
        String large = "x".repeat(300_000);
        try (HostProcess server = start("first", Map.of("KVBACKUP_UPLOAD_LIMIT", "2MiB"))) {
            send(server, "PUT", "/docs", "").isSuccess();
            List<CompletableFuture<Reply>> puts = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                puts.add(server.send("PUT", "/docs/" + i % 40, (i + large).getBytes(StandardCharsets.UTF_8), KEY));
                if (i == 60) {
                    await().atMost(Duration.ofSeconds(60))
                            .until(() -> !get(server, "/-/replica")
                                    .data()
                                    .path("last")
                                    .asText()
                                    .isEmpty());
                }
            }
            puts.get(150).join();
            server.kill();
        }
        // The same folder: what was confirmed is there, and whole.
        try (HostProcess server = start("first", Map.of())) {
            assertThat(keys(server, "/docs"))
                    .allSatisfy(key ->
                            assertThat(get(server, "/docs/" + key).text()).endsWith(large));
        }
        try (HostProcess server = start("limited", Map.of("KVBACKUP_DOWNLOAD_LIMIT", "1GiB"))) {
            List<String> keys = keys(server, "/docs");
            assertThat(keys)
                    .isNotEmpty()
                    .allSatisfy(key ->
                            assertThat(get(server, "/docs/" + key).text()).endsWith(large));
        }
    }

    @Test
    void aRestoreThatIsKilledIsDoneAgain() throws Exception {
        try (HostProcess server = start("first", Map.of())) {
            send(server, "PUT", "/docs", "").isSuccess();
            byte[] random = new byte[1_000_000];
            new Random(1).nextBytes(random);
            server.send("PUT", "/docs/large", random, KEY).join().isSuccess();
            send(server, "POST", "/-/replica/sync", "").isSuccess();
        }
        Path data = folder.resolve("second");
        CompletableFuture<HostProcess> starting = CompletableFuture.supplyAsync(() -> {
            try {
                return start("second", Map.of("KVBACKUP_DOWNLOAD_LIMIT", "50KiB"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(data.resolve("objects.kvbackup")));
        ProcessHandle.current()
                .children()
                .max(Comparator.comparing(child -> child.info().startInstant().orElseThrow()))
                .orElseThrow()
                .destroyForcibly();
        assertThat(starting).failsWithin(Duration.ofSeconds(30));
        assertThat(data.resolve("whole")).doesNotExist();

        try (HostProcess server = start("second", Map.of())) {
            assertThat(keys(server, "/docs")).containsExactly("large");
            assertThat(get(server, "/docs/large").status()).isEqualTo(200);
        }
    }

    @Test
    void badRequestsGetOneSentence() throws Exception {
        try (HostProcess server = start("data", Map.of())) {
            send(server, "PUT", "/docs", "").isSuccess();
            server.get("/docs").isError(401, "ACCESS_DENIED");
            server.get("/docs", "Authorization", "Basic !!").isError(401, "ACCESS_DENIED");
            for (String bucket : List.of("X", "..%2fetc", "a_b", "%00", "x".repeat(100))) {
                send(server, "PUT", "/" + bucket, "").isError(400, "INVALID_REQUEST");
                get(server, "/" + bucket + "/key").isError(400, "INVALID_REQUEST");
            }
            send(server, "PUT", "/none/key", "x").isError(404, "BUCKET_NOT_FOUND");
            get(server, "/none").isError(404, "BUCKET_NOT_FOUND");
            send(server, "DELETE", "/none", "").isError(404, "BUCKET_NOT_FOUND");
            send(server, "DELETE", "/docs/none", "").isError(404, "OBJECT_NOT_FOUND");
            send(server, "PUT", "/docs/" + "k".repeat(1100), "x").isError(400, "INVALID_REQUEST");
            send(server, "PUT", "/docs/%00", "x").isError(400, "INVALID_REQUEST");
            send(server, "PUT", "/docs/..%2f..%2fup", "x").isSuccess();
            assertThat(keys(server, "/docs")).containsExactly("../../up");
            send(server, "POST", "/docs", "").isError(405, "METHOD_NOT_ALLOWED");
            assertThat(send(server, "PUT", "/docs/large", "x".repeat(10 << 20))
                            .isSuccess()
                            .data()
                            .path("size")
                            .asInt())
                    .isEqualTo(10 << 20);
            cutOff(server);
            assertThat(keys(server, "/docs")).doesNotContain("cut");
        }
    }

    /** A client that goes away in the middle of a body. */
    private static void cutOff(HostProcess server) throws IOException {
        URI address = URI.create(server.address());
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            socket.getOutputStream()
                    .write(("PUT /docs/cut HTTP/1.1\r\nHost: x\r\n" + KEY[0] + ": " + KEY[1]
                                    + "\r\nContent-Length: 100\r\n\r\nhalf")
                            .getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        }
    }
}

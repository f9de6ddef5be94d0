package io.kvbackup.examples.kvserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.examples.http.HostProcess;
import io.kvbackup.examples.http.HostProcess.Reply;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server is killed in the middle of its work. What it held in memory is gone; what it backed up is not. */
@Tag("thorough")
class KvServerKilledTest {
    private static final String ADMIN =
            "Basic " + Base64.getEncoder().encodeToString("root:secret".getBytes(StandardCharsets.UTF_8));

    @TempDir
    private Path folder;

    private HostProcess start(Map<String, String> environment) throws Exception {
        return HostProcess.start(
                KvServer.class,
                environment,
                "--port=0",
                "--admin-username=root",
                "--admin-password=secret",
                "--data-dir=" + folder.resolve("data"),
                "--storage=" + folder.resolve("backups").toUri(),
                "--backup-interval=0");
    }

    private static Reply post(HostProcess server, String path, String body) {
        return server.post(path, body.replace('\'', '"'), "X-Admin-Authorization", ADMIN);
    }

    private static CompletableFuture<Reply> begin(HostProcess server, String path, String body) {
        return server.send(
                "POST", path, body.replace('\'', '"').getBytes(StandardCharsets.UTF_8), "X-Admin-Authorization", ADMIN);
    }

    private static void awaitRunning(HostProcess server, String kind) {
        await().until(() -> post(server, "/server/info", "{}")
                .json()
                .path("running")
                .toString()
                .contains(kind));
    }

    /** Values that no compression makes small, 100 for a megabyte. */
    private static void fill(HostProcess server, String database, long seed) {
        post(server, "/create", "{'name':'" + database + "'}").isSuccess();
        byte[] bytes = new byte[7_500];
        Random random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            random.nextBytes(bytes);
            post(
                            server,
                            "/set/put",
                            "{'database':'" + database + "','set':'s','key':'" + i + "','value':'"
                                    + Base64.getEncoder().encodeToString(bytes) + "'}")
                    .isSuccess();
        }
    }

    @Test
    void aBackupThatIsCutOffIsNoBackupAndARestoreThatIsCutOffCanBeDoneAgain() throws Exception {
        String whole;
        try (HostProcess server = start(Map.of("KVBACKUP_UPLOAD_LIMIT", "2MiB"))) {
            fill(server, "a", 1);
            fill(server, "b", 2);
            whole = post(server, "/backup/create", "{}")
                    .isSuccess()
                    .data()
                    .path("object_name")
                    .asText();
            assertThat(server.post("/backup/create", "{}")
                            .isError(401, "ADMIN_AUTH_REQUIRED")
                            .status())
                    .isEqualTo(401);
        }
        try (HostProcess server = start(Map.of("KVBACKUP_UPLOAD_LIMIT", "50KiB"))) {
            post(server, "/backup/restore", "{'object_name':'" + whole + "'}").isSuccess();
            CompletableFuture<Reply> cutOff = begin(server, "/backup/create", "{}");
            awaitRunning(server, "backup");
            server.kill();
            assertThat(cutOff).failsWithin(Duration.ofSeconds(30));
        }
        try (HostProcess server = start(Map.of("KVBACKUP_DOWNLOAD_LIMIT", "50KiB"))) {
            JsonNode listed = post(server, "/backup/list", "{}").data().path("backups");
            assertThat(listed).hasSize(1);
            assertThat(listed.get(0).path("name").asText()).isEqualTo(whole);
            CompletableFuture<Reply> cutOff = begin(server, "/backup/restore", "{'object_name':'" + whole + "'}");
            awaitRunning(server, "restore");
            post(server, "/set/list", "{'database':'a'}").isError(404, "DB_NOT_FOUND");
            server.kill();
            assertThat(cutOff).failsWithin(Duration.ofSeconds(30));
        }
        try (HostProcess server = start(Map.of())) {
            post(server, "/backup/restore", "{'object_name':'" + whole + "'}").isSuccess();
            for (String database : new String[] {"a", "b"}) {
                for (int i : new int[] {0, 57, 99}) {
                    assertThat(post(server, "/set/get", "{'database':'" + database + "','set':'s','key':'" + i + "'}")
                                    .isSuccess()
                                    .data()
                                    .asText())
                            .hasSize(10_000);
                }
            }
        }
    }

    @Test
    void theOldDatabaseAnswersUntilTheNewOneIsWhole() throws Exception {
        try (HostProcess server = start(Map.of("KVBACKUP_DOWNLOAD_LIMIT", "200KiB"))) {
            fill(server, "a", 3);
            String name = post(server, "/backup/create", "{'database':'a'}")
                    .data()
                    .path("object_name")
                    .asText();
            post(server, "/set/put", "{'database':'a','set':'s','key':'0','value':'live'}")
                    .isSuccess();
            CompletableFuture<Reply> restore = begin(server, "/backup/restore", "{'object_name':'" + name + "'}");
            awaitRunning(server, "restore");

            String before = post(server, "/set/get", "{'database':'a','set':'s','key':'0'}")
                    .data()
                    .asText();
            assertThat(restore.isDone()).isFalse();
            assertThat(before).isEqualTo("live");
            restore.join().isSuccess();
            assertThat(post(server, "/set/get", "{'database':'a','set':'s','key':'0'}")
                            .data()
                            .asText())
                    .hasSize(10_000);
        }
    }

    @Test
    void withoutAStoreThereAreNoBackups() throws Exception {
        try (HostProcess server = HostProcess.start(KvServer.class, Map.of(), "--port=0")) {
            server.post("/backup/create", "{}").isError(404, "S3_NOT_ENABLED");
            server.post("/backup/list", "{}").isError(404, "S3_NOT_ENABLED");
            server.post("/backup/restore", "{\"object_name\":\"x\"}").isError(404, "S3_NOT_ENABLED");
        }
    }
}

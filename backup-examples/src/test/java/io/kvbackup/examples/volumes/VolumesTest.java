package io.kvbackup.examples.volumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.examples.http.HostProcess;
import io.kvbackup.examples.http.HostProcess.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two daemons and a controller, each a process. */
@Tag("thorough")
class VolumesTest {
    private static final String BACKUPS = "/api/v2/app/hello/proc/web/backups";

    @TempDir
    private Path folder;

    private final List<HostProcess> processes = new ArrayList<>();
    private int controllerPort;
    private HostProcess controller;

    @BeforeEach
    void fill() throws IOException {
        for (String instance : List.of("1/web/1", "2/web/2")) {
            String[] part = instance.split("/", 3);
            Path data = Files.createDirectories(volume(part[0], part[2]).resolve("sub"));
            Files.writeString(data.resolve("deep.txt"), "deep of " + part[2]);
            Files.writeString(data.resolveSibling("a.txt"), "a of " + part[2]);
        }
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            controllerPort = free.getLocalPort();
        }
    }

    /** As it lies on a server. */
    private Path volume(String server, String instance) {
        return folder.resolve("server" + server + "/volumes/hello/web/" + instance + "/var/data");
    }

    private HostProcess daemon(String number, int port, Map<String, String> environment) throws IOException {
        HostProcess daemon = HostProcess.start(
                Daemon.class,
                environment,
                "--port=" + port,
                "--controller=http://127.0.0.1:" + controllerPort,
                "--token=secret",
                "--volumes=" + folder.resolve("server" + number + "/volumes"),
                "--work=" + folder.resolve("server" + number + "/work"),
                "--store=" + folder.resolve("store").toUri());
        processes.add(daemon);
        return daemon;
    }

    private void startController(HostProcess... daemons) throws IOException {
        String cluster = """
            {"servers":[{"ip":"10.0.0.1","daemon":"%s"},{"ip":"10.0.0.2","daemon":"%s"}],
             "volumes":[
              {"app":"hello","proc":"web","instanceNo":1,"server":"10.0.0.1","volume":"/var/data",
               "cron":"0 2 * * *","kind":"increment","keep":2},
              {"app":"hello","proc":"web","instanceNo":2,"server":"10.0.0.2","volume":"/var/data",
               "cron":"0 3 * * *","kind":"full"}]}
            """.formatted(daemons[0].address(), daemons[1].address());
        Files.writeString(folder.resolve("cluster.json"), cluster);
        controller = HostProcess.start(
                Controller.class,
                Map.of(),
                "--port=" + controllerPort,
                "--token=secret",
                "--cluster=" + folder.resolve("cluster.json"),
                "--records=" + folder.resolve("records.mv.db"),
                "--watch=200");
        processes.add(controller);
        awaitJobs("10.0.0.1");
        awaitJobs("10.0.0.2");
    }

    private void awaitJobs(String server) {
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            Reply jobs = controller.get("/api/v2/server/" + server + "/cron/jobs");
            return jobs.status() == 200 && jobs.data().size() == 1;
        });
    }

    @AfterEach
    void stop() throws InterruptedException {
        for (HostProcess process : processes) {
            process.close();
        }
    }

    private String job(int instance) {
        for (JsonNode job : controller.get("/api/v2/app/hello/cron/jobs").data()) {
            if (job.path("instanceNo").asInt() == instance) {
                return job.path("id").asText();
            }
        }
        throw new AssertionError("no job for instance " + instance);
    }

    private List<JsonNode> records() {
        List<JsonNode> records = new ArrayList<>();
        controller.get("/api/v2/app/hello/cron/records").isSuccess().data().forEach(records::add);
        return records;
    }

    /** Runs a job and waits for its record. */
    private JsonNode run(int instance) {
        int before = ended();
        controller
                .post("/api/v2/app/hello/cron/jobs/" + job(instance) + "/actions/run", "")
                .isSuccess();
        await().atMost(Duration.ofSeconds(30)).until(() -> ended() > before);
        return records().stream()
                .filter(record -> record.path("type").asText().equals("backup"))
                .max(Comparator.comparing(record -> record.path("started").asText()))
                .orElseThrow();
    }

    /** How many backups have ended. */
    private int ended() {
        return (int) records().stream()
                .filter(record -> record.path("type").asText().equals("backup"))
                .filter(record -> !record.path("state").asText().equals("running"))
                .count();
    }

    @Test
    void backupsAreListedOpenedRecoveredMigratedAndDeleted() throws Exception {
        startController(daemon("1", 0, Map.of()), daemon("2", 0, Map.of()));
        JsonNode record = run(1);
        assertThat(record.path("state").asText()).as(record.toString()).isEqualTo("success");
        String file = record.path("result").asText();
        String whole = run(2).path("result").asText();

        JsonNode listed = controller.get(BACKUPS).isSuccess().data();
        assertThat(listed.findValuesAsText("file")).containsExactlyInAnyOrder(file, whole);
        JsonNode one = controller.get(BACKUPS + "/" + file).isSuccess().data();
        assertThat(one.path("increment").asBoolean()).isTrue();
        assertThat(one.path("instanceNo").asInt()).isEqualTo(1);
        assertThat(one.has("files")).isFalse();
        assertThat(controller
                        .get(BACKUPS + "/" + file + "?open=true")
                        .data()
                        .path("files")
                        .findValuesAsText("path"))
                .containsExactlyInAnyOrder("a.txt", "sub", "sub/deep.txt");

        Path data = volume("1", "1");
        Files.writeString(data.resolve("a.txt"), "changed");
        Files.writeString(data.resolve("sub/deep.txt"), "changed");
        controller
                .post(BACKUPS + "/" + file + "/actions/recover", "{\"files\":[\"a.txt\"]}")
                .isSuccess();
        assertThat(data.resolve("a.txt")).hasContent("a of 1");
        assertThat(data.resolve("sub/deep.txt")).hasContent("changed");
        controller.post(BACKUPS + "/" + file + "/actions/recover", "files=sub").isSuccess();
        assertThat(data.resolve("sub/deep.txt")).hasContent("deep of 1");
        Files.writeString(data.resolve("later"), "");
        controller.post(BACKUPS + "/" + file + "/actions/recover", "").isSuccess();
        assertThat(data.resolve("later")).doesNotExist();

        controller
                .post(BACKUPS + "/" + file + "/actions/migrate", "{\"to\":2,\"volume\":\"/var/data\"}")
                .isSuccess();
        assertThat(volume("2", "2").resolve("a.txt")).hasContent("a of 1");
        await().until(() ->
                records().stream().anyMatch(each -> each.path("type").asText().equals("migrate")));

        run(1);
        run(1);
        assertThat(controller.get(BACKUPS).data())
                .as("two are kept of instance 1")
                .hasSize(3);
        controller
                .post(BACKUPS + "/actions/delete", "{\"files\":[\"" + whole + "\"]}")
                .isSuccess();
        assertThat(controller.get(BACKUPS).data()).hasSize(2);
    }

    @Test
    void theFirstVersionHasTheSameAndBadRequestsGetOneSentence() throws Exception {
        HostProcess daemon = daemon("1", 0, Map.of());
        startController(daemon, daemon("2", 0, Map.of()));
        String id = job(1);
        assertThat(controller.get("/api/v1/cron/jobs/app/hello").data()).hasSize(2);
        assertThat(controller.get("/api/v1/cron/jobs/all").data()).hasSize(2);
        controller.post("/api/v1/cron/once/app/hello/id/" + id, "").isSuccess();
        await().until(() -> ended() == 1);
        JsonNode record =
                controller.get("/api/v1/cron/records/app/hello").data().get(0);
        assertThat(controller
                        .get("/api/v1/cron/record/app/hello/id/"
                                + record.path("id").asText())
                        .data())
                .isEqualTo(record);
        String file = record.path("result").asText();
        String proc = "/app/hello/proc/hello.web.web";
        assertThat(controller
                        .get("/api/v1/backup/json" + proc + "?volume=%2Fvar%2Fdata&volume=x")
                        .data())
                .hasSize(1);
        assertThat(controller.get("/api/v1/backup/json" + proc + "?volume=x").data())
                .isEmpty();
        assertThat(controller
                        .get("/api/v1/backup/filelist" + proc + "/dir/" + file)
                        .data()
                        .path("files"))
                .hasSize(3);
        controller.post("/api/v1/backup/recover" + proc + "/file/" + file, "").isSuccess();
        controller
                .post("/api/v1/backup/recover/increment" + proc + "/dir/" + file, "instanceNo=1&files=a.txt&files=sub")
                .isSuccess();
        controller
                .post("/api/v1/backup/migrate" + proc + "/file/" + file, "volume=/var/data&from=1&to=2")
                .isSuccess();
        controller
                .post(
                        "/api/v1/backup/migrate/increment" + proc + "/dir/" + file,
                        "volume=/var/data&from=1&to=2&files=a.txt")
                .isSuccess();
        assertThat(volume("2", "2").resolve("a.txt")).hasContent("a of 1");
        badRequests(daemon, file);
    }

    @Test
    void aKilledDaemonLosesNothingAndTheOtherAnswers() throws Exception {
        byte[] large = new byte[2 << 20];
        new Random(1).nextBytes(large);
        HostProcess first =
                daemon("1", 0, Map.of("KVBACKUP_UPLOAD_LIMIT", "50KiB", "KVBACKUP_DOWNLOAD_LIMIT", "100KiB"));
        HostProcess second = daemon("2", 0, Map.of());
        startController(first, second);
        int port = URI.create(first.address()).getPort();
        String small = run(1).path("result").asText();
        Files.write(volume("1", "1").resolve("large"), large);
        String id = job(1);
        controller
                .post("/api/v2/app/hello/cron/jobs/" + id + "/actions/run", "")
                .isSuccess();
        await().until(() ->
                records().stream().anyMatch(each -> each.path("state").asText().equals("running")));
        first.kill();

        assertThat(controller.get(BACKUPS).isSuccess().data().findValuesAsText("file"))
                .containsExactly(small);
        controller
                .post("/api/v2/app/hello/cron/jobs/" + id + "/actions/run", "")
                .isError(502, "SERVER_UNREACHABLE");
        controller.get("/api/v2/server/10.0.0.1/debug").isError(502, "SERVER_UNREACHABLE");
        assertThat(controller
                        .get("/api/v2/app/hello/cron/jobs/" + id)
                        .isSuccess()
                        .data()
                        .path("problem")
                        .asText())
                .contains("does not answer");
        assertThat(controller
                        .get("/api/v2/server/10.0.0.2/debug")
                        .data()
                        .path("types")
                        .toString())
                .contains("backup");

        HostProcess again = daemon("1", port, Map.of("KVBACKUP_DOWNLOAD_LIMIT", "100KiB"));
        awaitJobs("10.0.0.1");
        await().until(() ->
                records().stream().anyMatch(each -> each.path("reason").asText().contains("interrupted")));
        String file = run(1).path("result").asText();
        Files.write(volume("1", "1").resolve("large"), new byte[] {1});
        CompletableFuture<Reply> cutOff =
                controller.send("POST", BACKUPS + "/" + file + "/actions/recover", new byte[0]);
        await().until(() -> Files.exists(folder.resolve("server1/volumes/hello/web/1/var/data.kvbackup")));
        again.kill();
        assertThat(cutOff)
                .succeedsWithin(Duration.ofSeconds(30))
                .satisfies(reply -> reply.isError(502, "SERVER_UNREACHABLE"));
        assertThat(volume("1", "1").resolve("large")).hasBinaryContent(new byte[] {1});

        daemon("1", port, Map.of());
        awaitJobs("10.0.0.1");
        controller.post(BACKUPS + "/" + file + "/actions/recover", "").isSuccess();
        assertThat(volume("1", "1").resolve("large")).hasBinaryContent(large);
        controller.kill();
        processes.remove(controller);
        startController(processes.get(2), processes.get(1));
        assertThat(records()).anyMatch(each -> each.path("reason").asText().contains("interrupted"));
    }

    private void badRequests(HostProcess daemon, String file) {
        String one = BACKUPS + "/" + file;
        for (String body : List.of("{", "[]", "{\"to\":\"x\"}", "{\"files\":7}", "no form", "{\"to\":1,\"to\":2}")) {
            controller.post(one + "/actions/migrate", body).isError(400, "INVALID_REQUEST");
            controller.post(BACKUPS + "/actions/delete", body).isError(400, "INVALID_REQUEST");
        }
        controller.post(one + "/actions/recover", "{\"files\":\"a.txt\"}").isError(400, "INVALID_REQUEST");
        controller.post(one + "/actions/recover", "{\"files\":[\"../a.txt\"]}").isError(404, "FILE_NOT_FOUND");
        controller.post(one + "/actions/recover", "x".repeat(10 << 20)).isError(413, "BODY_TOO_LARGE");
        controller.post(one + "/actions/migrate", "{\"to\":9}").isError(404, "VOLUME_NOT_FOUND");
        controller
                .post(one + "/actions/migrate", "{\"to\":2,\"volume\":\"../up\"}")
                .isError(400, "INVALID_REQUEST");
        controller.post(one + "/actions/migrate", "{\"to\":2,\"from\":2}").isError(400, "INVALID_REQUEST");
        for (String unknown : List.of("none", "..%2f..%2fetc", "hello.web.1.x@y", "%00")) {
            controller.get(BACKUPS + "/" + unknown).isError(404, "BACKUP_NOT_FOUND");
            controller.get("/api/v2/app/hello/cron/jobs/" + unknown).isError(404, "JOB_NOT_FOUND");
            controller.get("/api/v2/app/hello/cron/records/" + unknown).isError(404, "RECORD_NOT_FOUND");
            controller.get("/api/v2/server/" + unknown + "/debug").isError(404, "SERVER_NOT_FOUND");
        }
        controller.get("/api/v2/app/none/cron/jobs").isError(404, "APP_NOT_FOUND");
        controller.get("/api/v2/app/..%2f/cron/jobs").isError(400, "INVALID_REQUEST");
        controller.get("/api/v2/app/hello/proc/none/backups").isError(404, "PROC_NOT_FOUND");
        controller
                .post("/api/v2/app/hello/cron/jobs/" + job(1) + "/actions/burn", "")
                .isError(404, "ACTION_NOT_FOUND");
        controller.post(BACKUPS, "").isError(405, "METHOD_NOT_ALLOWED");
        controller.post("/daemon/records", "{\"id\":\"x\"}").isError(401, "AUTH_FAILED");
        daemon.get("/jobs").isError(401, "AUTH_FAILED");
        daemon.post("/jobs", "{\"jobs\":[{\"id\":\"../x\"}]}", DaemonClient.TOKEN_HEADER, "secret")
                .isError(400, "INVALID_REQUEST");
        assertThat(controller.get(one).isSuccess().data().path("file").asText()).isEqualTo(file);
    }
}

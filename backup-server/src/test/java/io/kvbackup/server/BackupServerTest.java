package io.kvbackup.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvbackup.BackupManager;
import io.kvbackup.job.JobTask;
import io.kvbackup.job.Schedule;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BackupServerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TOKEN = "0123456789abcdef";

    private final HttpClient http = HttpClient.newHttpClient();
    private final SlowDatabase database = new SlowDatabase("orders");
    private BackupManager manager;
    private BackupServer server;

    @BeforeEach
    void open() throws IOException {
        manager = BackupManager.builder()
                .storage(new MemoryStorageClient())
                .database(database)
                .build();
        server = BackupServer.builder(manager).port(0).start();
    }

    @AfterEach
    void close() throws IOException {
        database.goOn();
        server.close();
        manager.close();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.uri().resolve(path)).timeout(Duration.ofSeconds(30));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(request(path).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return http.send(
                request(path)
                        .header(Guard.OWN_HEADER, "1")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private JsonNode status() throws Exception {
        HttpResponse<String> response = get("/api/status");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private static String message(HttpResponse<String> response) throws Exception {
        return JSON.readTree(response.body()).path("error").asText();
    }

    @Test
    void aBackupIsStartedSeenAndFinished() throws Exception {
        database.stop();
        HttpResponse<String> started = post("/api/backup", "{\"database\":\"orders\"}");
        assertThat(started.statusCode()).isEqualTo(202);
        String job = JSON.readTree(started.body()).path("job").asText();
        await().until(() -> status().path("running").size() == 1);
        assertThat(status().path("running").get(0).path("id").asText()).isEqualTo(job);

        database.goOn();
        await().until(() -> status().path("finished").size() == 1);
        JsonNode status = status();
        assertThat(status.path("finished").get(0).path("text").asText()).startsWith("backups/orders/");
        JsonNode orders = status.path("databases").get(0);
        assertThat(orders.path("name").asText()).isEqualTo("orders");
        assertThat(orders.path("age_seconds").asLong()).isBetween(0L, 60L);
        JsonNode backup = JSON.readTree(get("/api/backups?database=orders").body())
                .path("backups")
                .get(0);
        assertThat(backup.path("object_name").asText())
                .isEqualTo(status.path("finished").get(0).path("text").asText());
        assertThat(backup.path("confirmed").asBoolean()).isTrue();
        assertThat(JSON.readTree(get("/api/storage").body()).path("bytes").asLong())
                .isEqualTo(backup.path("stored_bytes").asLong());

        String name = backup.path("object_name").asText();
        assertThat(post("/api/verify", "{\"object_name\":\"" + name + "\"}").statusCode())
                .isEqualTo(202);
        await().until(() -> JSON.readTree(get("/api/backups").body())
                .path("backups")
                .get(0)
                .path("verified")
                .path("passed")
                .asBoolean());
    }

    @Test
    void jobsAreCancelledAndErrorsCleared() throws Exception {
        database.stop();
        String job = JSON.readTree(post("/api/backup", "").body()).path("job").asText();
        await().until(() -> status().path("running").size() == 1);
        assertThat(post("/api/jobs/" + job + "/cancel", "").body()).isEqualTo("{\"cancelled\":true}");
        await().until(() -> status().path("finished").size() == 1);
        assertThat(status().path("finished").get(0).path("status").asText()).isEqualTo("cancelled");

        database.goOn();
        database.failing(true);
        post("/api/backup", "{\"database\":\"orders\"}");
        await().until(() -> status().path("error").size() == 1);
        assertThat(status().path("error").get(0).path("text").asText()).contains("locked");
        assertThat(post("/api/clear_error", "").body()).isEqualTo("{\"cleared\":1}");
        assertThat(post("/api/clear_finished", "").body()).isEqualTo("{\"cleared\":1}");
        assertThat(status().path("error")).isEmpty();
        assertThat(JSON.readTree(get("/api/jobs").body()).path("jobs")).isEmpty();
    }

    @Test
    void schedulesAreRunPausedAndResumed() throws Exception {
        manager.jobs().schedule("each-day", Schedule.every(Duration.ofDays(1)), JobTask.backup("orders"));
        assertThat(status().path("schedules").get(0).path("name").asText()).isEqualTo("each-day");
        assertThat(post("/api/schedules/each-day/pause", "").statusCode()).isEqualTo(202);
        assertThat(status().path("schedules").get(0).path("paused").asBoolean()).isTrue();
        assertThat(post("/api/schedules/each-day/resume", "").statusCode()).isEqualTo(202);
        assertThat(status().path("schedules").get(0).path("paused").asBoolean()).isFalse();
        assertThat(post("/api/schedules/each-day/run", "").statusCode()).isEqualTo(202);
        await().until(() -> status().path("finished").size() == 1);
        assertThat(post("/api/schedules/none/run", "").statusCode()).isEqualTo(404);
        assertThat(post("/api/schedules/each-day/jump", "").statusCode()).isEqualTo(404);
    }

    @Test
    void badRequestsGetOneSentence() throws Exception {
        for (String[] bad : List.of(
                new String[] {"/api/backup", "{\"database\":\"none\"}", "404", "no database 'none'"},
                new String[] {"/api/backup", "{\"database\":7}", "400", "must be a text"},
                new String[] {"/api/backup", "[]", "400", "JSON object"},
                new String[] {"/api/backup", "{", "400", "not JSON"},
                new String[] {"/api/backup", "\u0000", "400", "not JSON"},
                new String[] {"/api/verify", "{}", "400", "'object_name'"},
                new String[] {"/api/verify", "{\"object_name\":\"x\",\"level\":\"most\"}", "400", "DRILL"},
                new String[] {"/api/jobs/none/cancel", "", "404", "none"},
                new String[] {"/api/other", "", "404", "/api/other"},
                new String[] {"/api/backup", "\"" + "x".repeat(70_000) + "\"", "413", "65536"})) {
            HttpResponse<String> response = post(bad[0], bad[1]);
            assertThat(response.statusCode())
                    .as("%s %s: %s", bad[0], bad[1], response.body())
                    .isEqualTo(Integer.parseInt(bad[2]));
            assertThat(message(response)).contains(bad[3]).doesNotContain("\tat ", "Exception");
        }
        for (String path : List.of("/api/backups?limit=0", "/api/backups?limit=x", "/api/jobs?limit=100000")) {
            assertThat(get(path).statusCode()).as(path).isEqualTo(400);
        }
        assertThat(get("/../../etc/passwd").statusCode()).isEqualTo(404);
        assertThat(get("/page.class").statusCode()).isEqualTo(404);
        assertThat(status().path("running")).isEmpty();
    }

    @Test
    void nothingHappensByGetNorForOtherPages() throws Exception {
        assertThat(get("/api/backup").statusCode()).isEqualTo(404);
        assertThat(get("/api/clear_error").statusCode()).isEqualTo(404);
        HttpRequest.Builder form = request("/api/backup").POST(HttpRequest.BodyPublishers.noBody());
        HttpResponse<String> fromForm = http.send(form.build(), BodyHandlers.ofString());
        assertThat(fromForm.statusCode()).isEqualTo(403);
        assertThat(message(fromForm)).contains(Guard.OWN_HEADER);
        HttpRequest foreign = form.header(Guard.OWN_HEADER, "1")
                .header("Origin", "http://evil.example")
                .build();
        assertThat(http.send(foreign, BodyHandlers.ofString()).statusCode()).isEqualTo(403);
        HttpRequest put =
                request("/api/backup").PUT(HttpRequest.BodyPublishers.noBody()).build();
        assertThat(http.send(put, BodyHandlers.ofString()).statusCode()).isEqualTo(405);
        assertThat(manager.jobs().history(io.kvbackup.job.JobQuery.all())).isEmpty();
    }

    @Test
    void aNameThatPointsHereIsRefused() throws Exception {
        String answer = RawRequest.get(
                server.uri(),
                "/api/status",
                "Host: evil.example:" + server.uri().getPort());
        assertThat(answer).startsWith("HTTP/1.1 403").contains("localhost");
        assertThat(RawRequest.get(
                        server.uri(),
                        "/api/status",
                        "Host: localhost:" + server.uri().getPort()))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void answersTellBrowsersToBeStrict() throws Exception {
        HttpResponse<String> page = get("/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(page.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(page.body()).doesNotContain("<script>", "onclick=", "style=");
    }

    @Test
    void aTokenGuardsEverythingButTheEmptyPage() throws Exception {
        server.close();
        server = BackupServer.builder(manager).port(0).token(TOKEN).start();

        assertThat(get("/").statusCode()).isEqualTo(200);
        HttpResponse<String> refused = get("/api/status");
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Bearer");
        assertThat(post("/api/backup", "").statusCode()).isEqualTo(401);
        for (String wrong : List.of("Bearer " + TOKEN + "0", "Bearer ", TOKEN, "Basic " + TOKEN)) {
            HttpRequest request =
                    request("/api/status").header("Authorization", wrong).build();
            assertThat(http.send(request, BodyHandlers.ofString()).statusCode())
                    .as(wrong)
                    .isEqualTo(401);
        }
        HttpRequest right = request("/api/status")
                .header("Authorization", "Bearer " + TOKEN)
                .build();
        assertThat(http.send(right, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }

    @Test
    void otherAddressesNeedAToken() throws Exception {
        InetAddress all = InetAddress.getByName("0.0.0.0");
        assertThatThrownBy(
                        () -> BackupServer.builder(manager).address(all).port(0).start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("needs a token");
        assertThatThrownBy(() -> BackupServer.builder(manager).token("short"))
                .hasMessageContaining("16 characters")
                .hasMessageNotContaining("short");
        assertThatThrownBy(() -> BackupServer.builder(manager).port(70_000)).hasMessageContaining("70000");
        int taken = server.uri().getPort();
        assertThatThrownBy(() -> BackupServer.builder(manager).port(taken).start())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("port " + taken);
    }

    @Test
    void closesTwiceAndAnswersNoMore() {
        URI uri = server.uri();
        server.close();
        server.close();
        assertThatThrownBy(() -> http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()))
                .isInstanceOf(IOException.class);
    }
}

package io.kvbackup.examples.folders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.examples.http.HostProcess;
import io.kvbackup.examples.http.HostProcess.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server as a process. */
@Tag("thorough")
class FolderServerTest {
    @TempDir
    private Path folder;

    private Path source;
    private Path dest;
    private Path config;

    @BeforeEach
    void fill() throws IOException {
        source = Files.createDirectories(folder.resolve("data/hoge"));
        dest = folder.resolve("backup/hoge");
        config = folder.resolve("config.ini");
        Files.writeString(source.resolve("same.txt"), "the same in all");
        Files.writeString(source.resolve("changes.txt"), "1");
        Files.writeString(config, """
            # the folders of foo
            [foo_hoge] # a section
            source = data/hoge/ # what
            dest = backup/hoge/
            keep_count = 2 #\u3000generations
            date_last = 20200118 # the last

            [foo_gone]
            source = data/gone
            dest = backup/gone
            [foo_wrong]
            source = data/hoge
            dest = backup/wrong
            keep_count = many
            """);
    }

    private HostProcess start(Map<String, String> environment) throws IOException {
        return HostProcess.start(FolderServer.class, environment, "--port=0", "--config=" + config);
    }

    private static List<String> names(HostProcess server, String status) {
        return server.get("/api/status/").json().path(status).findValuesAsText("name");
    }

    private static void awaitDone(HostProcess server) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> names(server, "running").isEmpty()
                        && names(server, "pending").isEmpty());
    }

    private void backUp(HostProcess server, String content, String lastDay) throws IOException {
        Files.writeString(source.resolve("changes.txt"), content);
        Files.writeString(
                config, Files.readString(config).replaceFirst("date_last = [0-9]+", "date_last = " + lastDay));
        assertThat(server.post("/api/foo/hoge/", "").status()).isEqualTo(200);
        awaitDone(server);
        assertThat(names(server, "finished"))
                .as(server.get("/api/status/").text())
                .containsExactly("foo_hoge");
    }

    private List<String> folders() throws IOException {
        try (Stream<Path> all = Files.list(folder.resolve("backup"))) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void theNewestIsAPlainFolderAndOlderOnesLieBesideIt() throws Exception {
        try (HostProcess server = start(Map.of())) {
            backUp(server, "1", "20200118");
            assertThat(folders()).containsExactly("hoge");
            assertThat(Files.readString(config))
                    .doesNotContain("20200118")
                    .contains("# the last", "# the folders of foo", "keep_count = many");

            backUp(server, "22", "20200125");
            backUp(server, "333", "20200201");
            assertThat(folders()).containsExactly("hoge", "hoge_20200125", "hoge_20200201");
            assertThat(dest.resolve("changes.txt")).hasContent("333");
            assertThat(folder.resolve("backup/hoge_20200201/changes.txt")).hasContent("22");
            assertThat(folder.resolve("backup/hoge_20200125/changes.txt")).hasContent("1");
            assertThat(key(dest)).isEqualTo(key(folder.resolve("backup/hoge_20200125")));

            Path mine = Files.createDirectories(folder.resolve("backup/hoge_20190101"));
            backUp(server, "4444", "20200208");
            assertThat(folders()).containsExactly("hoge", "hoge_20190101", "hoge_20200201", "hoge_20200208");
            Files.delete(mine);

            assertThat(server.post("/api/foo/hoge", "").status()).isEqualTo(200);
            awaitDone(server);
            assertThat(folders()).as("two on one day").containsExactly("hoge", "hoge_20200201", "hoge_20200208");
        }
    }

    /** Of the file that is the same in all: those of one key are one. */
    private static Object key(Path folder) throws IOException {
        return Files.getAttribute(folder.resolve("same.txt"), "unix:ino");
    }

    @Test
    void failuresAreShownAndCleared() throws Exception {
        try (HostProcess server = start(Map.of())) {
            backUp(server, "1", "20200118");
            assertThat(server.post("/api/foo/gone/", "{}").status()).isEqualTo(200);
            awaitDone(server);
            JsonNode status = server.get("/api/status/").json();
            assertThat(status.fieldNames()).toIterable().containsExactly("error", "finished", "running", "pending");
            assertThat(status.path("error").get(0).path("name").asText()).isEqualTo("foo_gone");
            assertThat(status.path("error").get(0).path("updated_at").asText())
                    .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");

            assertThat(server.post("/api/clear_error/", "").json().path("error"))
                    .isEmpty();
            assertThat(names(server, "finished")).containsExactly("foo_hoge");
            assertThat(server.post("/api/clear_finished/", "").json().path("finished"))
                    .isEmpty();
        }
    }

    @Test
    void badRequestsGetOneSentence() throws Exception {
        try (HostProcess server = start(Map.of())) {
            for (String path : List.of(
                    "/api/foo/none/", "/api/%2e%2e/hoge", "/api/..%2f..%2fetc/passwd", "/api/a/b/c", "/api/foo/%ff")) {
                server.post(path, "{}").isError(404, "NOT_FOUND");
            }
            server.post("/api/foo/wrong/", "").isError(500, "CONFIG_INVALID");
            server.get("/api/foo/hoge/").isError(405, "METHOD_NOT_ALLOWED");
            server.get("/api/clear_error/").isError(405, "METHOD_NOT_ALLOWED");
            server.post("/api/status/", "").isError(405, "METHOD_NOT_ALLOWED");
            server.post("/", "").isError(405, "METHOD_NOT_ALLOWED");
            assertThat(server.post("/api/foo/hoge/", "x".repeat(10 << 20)).status())
                    .isEqualTo(200);
            awaitDone(server);
            Files.writeString(config, "no section");
            Reply broken = server.post("/api/foo/hoge/", "").isError(500, "CONFIG_INVALID");
            assertThat(broken.text()).contains("line 1");
        }
    }

    @Test
    void oneAtATimeAndAKillLosesNothing() throws Exception {
        Files.write(source.resolve("large"), random(1 << 20));
        try (HostProcess server = start(Map.of())) {
            backUp(server, "old", "20200118");
        }
        Files.write(source.resolve("large"), random(2 << 20));
        for (String limit : List.of("KVBACKUP_UPLOAD_LIMIT", "KVBACKUP_DOWNLOAD_LIMIT")) {
            try (HostProcess server = start(Map.of(limit, "100KiB"))) {
                Files.writeString(source.resolve("changes.txt"), "new");
                server.post("/api/foo/hoge/", "");
                await().until(() -> names(server, "running").contains("foo_hoge"));
                server.post("/api/foo/gone/", "");
                assertThat(names(server, "pending")).containsExactly("foo_gone");
                assertThat(names(server, "running")).containsExactly("foo_hoge");
                if (limit.contains("DOWNLOAD")) {
                    await().until(() -> Files.exists(folder.resolve("backup/.hoge.fresh.kvbackup")));
                }
                server.kill();
            }
            assertThat(dest.resolve("changes.txt")).hasContent("old");
            assertThat(Files.size(dest.resolve("large"))).isEqualTo(1 << 20);
        }
        try (HostProcess server = start(Map.of())) {
            assertThat(names(server, "error")).contains("foo_hoge");
            backUp(server, "new", "20200118");
            assertThat(folders()).containsExactly("hoge", "hoge_20200118");
            assertThat(dest.resolve("changes.txt")).hasContent("new");
            assertThat(Files.size(dest.resolve("large"))).isEqualTo(2 << 20);
        }
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}

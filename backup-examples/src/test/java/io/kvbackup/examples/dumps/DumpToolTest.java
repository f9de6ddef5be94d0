package io.kvbackup.examples.dumps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the program prints and returns; where it is killed or runs on, as a process. */
@Tag("thorough")
class DumpToolTest {
    private record Ended(int code, String output) {}

    @TempDir
    private Path folder;

    private Path file;
    private String database;
    private String target;

    @BeforeEach
    void fill() throws SQLException {
        file = folder.resolve("app.db");
        database = "sqlite:" + file;
        target = folder.resolve("store").toUri().toString();
        execute("CREATE TABLE things (key TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL) WITHOUT ROWID");
        Random random = new Random(1);
        try (Connection connection = connect();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO things VALUES (?, ?)")) {
            connection.setAutoCommit(false);
            for (int i = 0; i < 300; i++) {
                byte[] value = new byte[1000];
                random.nextBytes(value);
                insert.setString(1, "key " + i);
                insert.setBytes(2, value);
                insert.executeUpdate();
            }
            connection.commit();
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file);
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private int count() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM things")) {
            return rows.getInt(1);
        }
    }

    private Process begin(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                DumpTool.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(folder.resolve("output").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("KVBACKUP_"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static Ended run(String... arguments) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        int code = DumpTool.run(new PrintStream(output, true, StandardCharsets.UTF_8), arguments);
        return new Ended(code, output.toString(StandardCharsets.UTF_8).strip());
    }

    private String tmp() {
        return "--tmp=" + folder.resolve("tmp");
    }

    private List<Path> temporaryFiles() throws IOException {
        try (Stream<Path> all = Files.walk(folder.resolve("tmp"))) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void everyChainComesBackFromTheStoreAndFromAFile() throws Exception {
        List<String> modes = List.of("--stream", "--stream=false");
        int round = 0;
        for (String format : List.of("json.gz", "tar.gz", "tar.bz2")) {
            Ended taken = run(
                    "backup",
                    "--database",
                    database,
                    "--target",
                    target,
                    "--format",
                    format,
                    tmp(),
                    modes.get(round++ % 2));
            assertThat(taken.code()).as(taken.output()).isZero();
            String name = taken.output();
            assertThat(name).startsWith("backups/app/").endsWith("." + format);
            execute("DELETE FROM things");

            Ended restored = run("restore", "--database", database, "--target", target, tmp(), name);
            assertThat(restored.code()).as(restored.output()).isZero();
            assertThat(count()).isEqualTo(300);

            Path copy = folder.resolve(format.equals("json.gz") ? "dump-20260101.gz" : "dump-20260101." + format);
            try (Stream<Path> all = Files.walk(folder.resolve("store"))) {
                Files.copy(
                        all.filter(path -> path.toString().endsWith("." + format))
                                .findFirst()
                                .orElseThrow(),
                        copy);
            }
            execute("DELETE FROM things");
            Ended fromFile = run("restore", "--database", database, tmp(), copy.toString());
            assertThat(fromFile.code()).as(fromFile.output()).isZero();
            assertThat(count()).isEqualTo(300);
            assertThat(temporaryFiles()).isEmpty();
        }
        assertThat(run("list", "--target", target).output().lines()).hasSize(3);
        assertThat(run("prune", "--target", target, "--keep", "1").code()).isZero();
        assertThat(run("list", "--target", target).output().lines()).hasSize(1);
    }

    @Test
    void aKilledBackupOrRestoreLeavesNothing() throws Exception {
        String name =
                run("backup", "--database", database, "--target", target, tmp()).output();
        for (String[] cutOff : new String[][] {
            {"KVBACKUP_UPLOAD_LIMIT", "backup", "--database", database, "--target", target, tmp()},
            {"KVBACKUP_DOWNLOAD_LIMIT", "restore", "--database", database, "--target", target, tmp(), name}
        }) {
            Process process = begin(
                    Map.of(cutOff[0], "20KiB"),
                    List.of(cutOff).subList(1, cutOff.length).toArray(String[]::new));
            if (cutOff[1].equals("backup")) {
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> !temporaryFiles().isEmpty());
            } else {
                assertThat(process.waitFor(3, TimeUnit.SECONDS))
                        .as("a restore at 20 KiB a second")
                        .isFalse();
            }
            process.destroyForcibly().waitFor();
            assertThat(run("list", "--target", target).output())
                    .startsWith(name)
                    .doesNotContain("\n");
            assertThat(count()).isEqualTo(300);
        }
        assertThat(run("backup", "--database", database, "--target", target, tmp())
                        .code())
                .isZero();
        assertThat(temporaryFiles()).isEmpty();
    }

    @Test
    void wrongArgumentsAreToldInOneSentence() throws Exception {
        Path key = folder.resolve("key.json");
        for (String[] arguments : new String[][] {
            {"backup", "--database", "mysql:x", "--target", target},
            {"backup", "--database", database, "--target", "nowhere"},
            {"backup", "--database", database, "--target", target, "--format", "zip"},
            {"backup", "--database", database, "--target", target, "--cron", "61 * * * *"},
            {"list", "--target", target, "--service-account", key.toString()},
            {"list", "--target", "gs://bucket", "--service-account", key.toString()},
            {"restore", "--database", database, folder.resolve("store").toString()}
        }) {
            Ended ended = run(arguments);
            assertThat(ended.code()).as(ended.output()).isIn(1, 2);
            assertThat(ended.output()).contains("FAILED: ").doesNotContain("\tat ");
        }
        assertThat(run("restore", "--database", database, "--target", target, "../../etc/passwd")
                        .code())
                .isEqualTo(2);
        assertThat(run("list", "--target", target, "--sink").code()).isEqualTo(2);
    }

    @Test
    @Tag("soak")
    void cronModeBacksUpEveryMinute() throws Exception {
        Process process =
                begin(Map.of(), "backup", "--database", database, "--target", target, "--cron", "* * * * *", tmp());
        try {
            await().atMost(Duration.ofSeconds(90))
                    .until(() -> Files.readString(folder.resolve("output")).contains("backups/app/"));
        } finally {
            process.destroy();
            process.waitFor();
        }
    }
}

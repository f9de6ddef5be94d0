package io.kvbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** backup: of what lies on disk, once and by cron. */
class BackupCommandTest {
    @TempDir
    Path folder;

    private final Cli cli = new Cli();
    private Path documents;

    @BeforeEach
    void open() throws Exception {
        cli.variable("KVBACKUP_STORAGE", folder.resolve("store").toUri().toString());
        documents = Files.createDirectories(folder.resolve("documents"));
        Files.writeString(documents.resolve("a.txt"), "hello");
        Files.writeString(documents.resolve("b.tmp"), "scratch");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--incremental", "--temporary-file", "--format=tar.gz"})
    void aFolderComesBack(String way) throws Exception {
        Cli.Run run = cli.run("backup", "docs=folder:" + documents, way, "--exclude", "*.tmp", "--tag", "first")
                .ok();

        assertThat(run.out()).startsWith("backed up backups/docs/");
        cli.run("restore", "docs", "--to", "folder:" + folder.resolve("back")).ok();
        assertThat(folder.resolve("back/a.txt")).hasContent("hello");
        assertThat(folder.resolve("back/b.tmp")).doesNotExist();
        assertThat(cli.run("list").ok().out()).contains("#first");
    }

    @Test
    void aRocksDbAtRestComesBack() throws Exception {
        Path db = folder.resolve("rocks");
        try (RocksDbHandles open = RocksDbHandles.open(db, "items")) {
            open.put("items", "apple", "red");
        }

        cli.run("backup", "rocksdb:" + db).ok();
        cli.run("backup", "rocksdb:" + db, "--incremental").ok();

        cli.run("restore", "rocks", "--to", "rocksdb:" + folder.resolve("back")).ok();
        assertThat(Made.items(Engine.ROCKSDB, folder.resolve("back"))).containsExactly(Map.entry("apple", "red"));
        try (RocksDbHandles open = RocksDbHandles.open(db)) {
            open.put("items", "banana", "yellow");
        }
    }

    @Test
    void sqliteComesBackAsTablesAndAsAFile() throws Exception {
        Path db = folder.resolve("app.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + db);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE items (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID");
            statement.execute("INSERT INTO items VALUES ('apple', 'red')");
        }

        cli.run("backup", "tables=sqlite:" + db, "file=sqlite-file:" + db).ok();

        cli.run("restore", "tables", "--to", "mvstore:" + folder.resolve("back.mv"))
                .ok();
        assertThat(Made.items(Engine.MVSTORE, folder.resolve("back.mv"))).containsExactly(Map.entry("apple", "red"));
        cli.run("restore", "file", "--to", "folder:" + folder.resolve("back")).ok();
        assertThat(Made.items(Engine.SQLITE, folder.resolve("back/app.db"))).containsExactly(Map.entry("apple", "red"));
    }

    @Test
    void byCronItRunsUntilItIsStopped() throws Exception {
        cli.stop(time -> {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> cli.run("list").out().contains("backups/docs/"));
            return true;
        });

        Cli.Run run = cli.run("backup", "docs=folder:" + documents, "--cron", "0 2 * * *", "--now", "--keep-last", "3");

        assertThat(run.ok().out()).contains("backup of docs: backups/docs/");
        assertThat(run.err()).contains("backups of docs at").contains("the next at 2026-11-22 02:00:00Z");
    }

    @Test
    void oldOnesArePrunedAfterwards() {
        for (int i = 0; i < 3; i++) {
            cli.run("backup", "docs=folder:" + documents, "--keep-last", "1").ok();
        }

        assertThat(cli.run("list").ok().lines()).hasSize(2);
    }
}

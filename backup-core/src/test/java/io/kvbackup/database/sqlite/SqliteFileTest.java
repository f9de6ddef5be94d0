package io.kvbackup.database.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteFileTest {
    @TempDir
    private Path folder;

    @Test
    void aFileWithTablesOfAnyShapeGoesToAFreshFolderAsItWasAtOneInstant() throws Exception {
        Path file = folder.resolve("metadata.db");
        Database database = SqliteFile.of("metadata", file, folder.resolve("restored"));
        try (Connection host = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = host.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, a TEXT, b REAL)");
            statement.execute("CREATE INDEX by_a ON things (a)");
            statement.execute("INSERT INTO things VALUES (1, 'one', 1.5), (2, 'two', NULL)");
            try (DatabaseSnapshot snapshot = database.openSnapshot();
                    DatabaseRestore restore = database.beginRestore(snapshot.header())) {
                statement.execute("DELETE FROM things");
                for (String set : snapshot.header().sets().keySet()) {
                    snapshot.readEntries(set, KeyRange.all(), restore.set(set));
                }
                restore.commit();
            }
        }

        try (Connection restored =
                        DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("restored/metadata.db"));
                Statement statement = restored.createStatement();
                var mode = restored.createStatement().executeQuery("PRAGMA journal_mode");
                var rows = statement.executeQuery("SELECT group_concat(a) FROM things INDEXED BY by_a WHERE a > ''")) {
            assertThat(rows.getString(1)).isEqualTo("one,two");
            assertThat(mode.getString(1)).isEqualTo("wal");
        }
        assertThat(folder.toFile().list())
                .filteredOn(name -> name.contains("kvbackup"))
                .isEmpty();
    }

    @Test
    void aFolderThatIsThereMayBeInUseAndIsRefused() throws Exception {
        Path file = folder.resolve("metadata.db");
        DriverManager.getConnection("jdbc:sqlite:" + file).close();
        try (Connection host = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = host.createStatement()) {
            statement.execute("CREATE TABLE t (x)");
        }
        Database database = SqliteFile.of("metadata", file, folder);
        try (DatabaseSnapshot snapshot = database.openSnapshot()) {
            assertThatThrownBy(() -> database.beginRestore(snapshot.header()))
                    .isInstanceOf(FileAlreadyExistsException.class)
                    .hasMessageContaining("does not exist");
        }
    }

    @Test
    void soIsOneThatSomebodyMakesWhileTheRestoreIsStaged() throws Exception {
        Path file = folder.resolve("metadata.db");
        Path target = folder.resolve("restored");
        try (Connection host = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = host.createStatement()) {
            statement.execute("CREATE TABLE t (x)");
        }
        Database database = SqliteFile.of("metadata", file, target);
        try (DatabaseSnapshot snapshot = database.openSnapshot();
                DatabaseRestore restore = database.beginRestore(snapshot.header())) {
            for (String set : snapshot.header().sets().keySet()) {
                snapshot.readEntries(set, KeyRange.all(), restore.set(set));
            }
            restore.prepare();
            Files.createDirectory(target);
            Files.writeString(target.resolve("metadata.db"), "precious");

            assertThatThrownBy(restore::commit)
                    .isInstanceOf(FileAlreadyExistsException.class)
                    .hasMessageContaining("does not exist");
        }
        assertThat(target.resolve("metadata.db")).hasContent("precious");
        assertThat(folder.resolve("restored.kvbackup")).doesNotExist();
    }
}

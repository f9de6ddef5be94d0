package io.kvbackup.database.sqlite;

import static io.kvbackup.database.contract.DatabaseContents.assertSame;
import static io.kvbackup.database.contract.DatabaseContents.entries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.contract.DatabaseContents;
import io.kvbackup.model.DatabaseBackup;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The file that is opened is the one that was named, whatever the driver makes of its name. */
@DisabledOnOs(OS.WINDOWS) // which knows few of these names
class SqliteFileNamesTest {
    private static final String NAMES = "orders?busy_timeout=1 a?journal_mode=wal.db a?mode=memory a?b.db a%3fb.db"
            + " file:x.db :memory: :resource:x a#b.db a\\b.db a&b=c.db %E4%B8%AD.db %FF.db %C3%28";

    @TempDir
    private Path folder;

    private static String[] names() {
        return NAMES.split(" ");
    }

    @ParameterizedTest
    @MethodSource("names")
    void theNamedFileIsBackedUpAndRestored(String name) throws Exception {
        Path file = fileOf("v", name);
        SqliteDatabase database = SqliteDatabase.of("d", file);
        var old = DatabaseContents.of(database);
        assertSame(old.get("t"), entries("k", "v"), name);

        Path other = folder.resolve("other/" + "orders");
        create(Files.createDirectories(other.getParent()).resolve("orders"), "new");
        DatabaseContents.restore(database, header(database), DatabaseContents.of(SqliteDatabase.of("d", other)));
        assertSame(DatabaseContents.of(database).get("t"), entries("k", "new"), name + " restored");
        assertThat(file.getParent().toFile().list()).as("files of %s", name).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("names")
    void theNamedFileIsCopied(String name) throws Exception {
        Path file = fileOf("v", name);
        assertThat(DatabaseContents.of(SqliteFile.of("d", file, folder.resolve("restored")))
                        .get("files"))
                .as(name)
                .hasSize(2);
        assertThat(file.getParent().toFile().list()).as("files of %s", name).hasSize(1);
    }

    /** The driver makes files that are not there. */
    @Test
    void aFileThatIsNotThereIsNotMade() {
        Path file = folder.resolve("orders.db");
        assertThatThrownBy(() -> SqliteDatabase.of("d", file).openSnapshot()).isInstanceOf(NoSuchFileException.class);
        assertThat(file).doesNotExist();
    }

    private DatabaseBackup header(SqliteDatabase database) throws IOException {
        try (var snapshot = database.openSnapshot()) {
            return snapshot.header();
        }
    }

    /** Of a name with raw bytes, given as in a URI; made under a plain name, and renamed. */
    private Path fileOf(String value, String name) throws Exception {
        Path plain = create(folder.resolve("plain.db"), value);
        Path home = Files.createDirectory(folder.resolve("home"));
        String raw = name.matches("(%[0-9A-F]{2})+.*")
                ? name
                : URI.create("x:/").resolve(path(name)).getRawPath().substring(1);
        return Files.move(plain, Path.of(URI.create(home.toUri() + raw)));
    }

    private static URI path(String name) throws Exception {
        return new URI(null, null, "/" + name, null);
    }

    private static Path create(Path file, String value) throws Exception {
        try (Connection host = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = host.createStatement()) {
            statement.execute("CREATE TABLE t (k TEXT PRIMARY KEY, v TEXT) WITHOUT ROWID");
            statement.execute("INSERT INTO t VALUES ('k', '" + value + "')");
        }
        return file;
    }
}

package io.kvbackup.cli;

import io.kvbackup.database.sqlite.SqliteDatabase;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;

/** An SQLite file with a table of key and value for each set: TEXT where the set is text or JSON, BLOB otherwise. */
final class SqliteEngine {
    private SqliteEngine() {}

    static Engine.Open open(DatabaseBackup header, Path path) throws IOException {
        Files.createFile(path);
        try (Connection connection = new SQLiteConfig().createConnection("jdbc:sqlite:" + path.toUri());
                Statement statement = connection.createStatement()) {
            for (SetBackup set : header.sets().values()) {
                statement.execute("CREATE TABLE " + quoted(set.name()) + " (key " + type(set.keys())
                        + " NOT NULL PRIMARY KEY, value " + type(set.values()) + " NOT NULL) WITHOUT ROWID");
            }
        } catch (SQLException e) {
            throw new IOException("cannot make the tables of " + path + ": " + e.getMessage(), e);
        }
        return new Engine.Open(SqliteDatabase.of(header.name(), path), () -> {});
    }

    private static String type(Encoding encoding) {
        return encoding == Encoding.BINARY ? "BLOB" : "TEXT";
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}

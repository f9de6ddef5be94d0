package io.kvbackup.examples.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.database.Database;
import io.kvbackup.database.sqlite.SqliteDatabase;
import io.kvbackup.database.sqlite.SqliteFile;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

final class SqliteEngine implements HostEngine {
    private final Connection connection;
    private final PreparedStatement insert;
    private final Database database;

    private SqliteEngine(Connection connection, PreparedStatement insert, Database database) {
        this.connection = connection;
        this.insert = insert;
        this.database = database;
    }

    @FunctionalInterface
    private interface Description {
        Database of(Path file) throws IOException;
    }

    static SqliteEngine logical(Path folder, String name) throws IOException {
        return open(folder, file -> SqliteDatabase.of(name, file));
    }

    static SqliteEngine physical(Path folder, String name) throws IOException {
        return open(folder, file -> SqliteFile.of(name, file, folder.resolve("restored")));
    }

    @SuppressWarnings("MustBeClosedChecker") // closed with the engine
    private static SqliteEngine open(Path folder, Description description) throws IOException {
        Path file = folder.resolve("lite.db");
        try {
            Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA journal_mode = WAL");
                statement.execute("PRAGMA synchronous = NORMAL");
                statement.execute("PRAGMA busy_timeout = 30000");
                statement.execute("CREATE TABLE IF NOT EXISTS " + SET
                        + " (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID");
            }
            PreparedStatement insert = connection.prepareStatement("INSERT OR REPLACE INTO " + SET + " VALUES (?, ?)");
            return new SqliteEngine(connection, insert, description.of(file));
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    @Override
    public Database database() {
        return database;
    }

    @Override
    public void put(byte[] key, byte[] value) throws IOException {
        try {
            insert.setString(1, new String(key, UTF_8));
            insert.setString(2, new String(value, UTF_8));
            insert.executeUpdate();
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    @Override
    public void putAll(Iterable<Entry> records) throws IOException {
        try {
            connection.setAutoCommit(false);
            for (Entry record : records) {
                put(record.key(), record.value());
            }
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    private static IOException failure(SQLException e) {
        return new IOException("SQLite: " + e.getMessage(), e);
    }

    @Override
    public void close() throws IOException {
        try (connection;
                insert) {
            // In the opposite order.
        } catch (SQLException e) {
            throw failure(e);
        }
    }
}

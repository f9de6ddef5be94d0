package io.kvbackup.database.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.Database;
import io.kvbackup.database.contract.ChangeLogContract;
import io.kvbackup.database.contract.DatabaseContents;
import io.kvbackup.database.contract.DatabaseContract;
import io.kvbackup.database.contract.Write;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

class SqliteDatabaseContractTest {
    @Nested
    class OfTablesWithoutRowid extends FileContract {
        OfTablesWithoutRowid() {
            super(" WITHOUT ROWID");
        }
    }

    @Nested
    class OfTablesWithRowid extends FileContract {
        OfTablesWithRowid() {
            super("");
        }
    }

    abstract static class FileContract extends DatabaseContract implements ChangeLogContract {
        private final String suffix;

        @TempDir
        private Path folder;

        private Connection host;
        private Database database;

        FileContract(String suffix) {
            this.suffix = suffix;
        }

        @BeforeEach
        void open() throws Exception {
            Path file = folder.resolve("orders.db");
            host = DriverManager.getConnection("jdbc:sqlite:" + file);
            execute("PRAGMA journal_mode = WAL");
            execute("PRAGMA synchronous = NORMAL");
            execute("CREATE TABLE first (k BLOB PRIMARY KEY NOT NULL, v BLOB NOT NULL)" + suffix);
            execute("CREATE TABLE second (k BLOB PRIMARY KEY NOT NULL, v BLOB NOT NULL)" + suffix);
            database = SqliteDatabase.of("orders", file).withChangeLog();
        }

        @AfterEach
        void close() throws SQLException {
            host.close();
        }

        private void execute(String sql) throws SQLException {
            try (Statement statement = host.createStatement()) {
                statement.execute(sql);
            }
        }

        @Override
        public Database database() {
            return database;
        }

        @Override
        public Optional<Database> databaseNamed(String name) {
            return Optional.of(SqliteDatabase.of(name, folder.resolve("orders.db")));
        }

        @Override
        public synchronized void write(List<Write> together) throws Exception {
            host.setAutoCommit(false);
            for (Write write : together) {
                write(write);
            }
            host.commit();
            host.setAutoCommit(true);
        }

        private void write(Write write) throws SQLException {
            String sql = write.value() == null
                    ? "DELETE FROM " + write.set() + " WHERE k = ?"
                    : "INSERT OR REPLACE INTO " + write.set() + " VALUES (?, ?)";
            try (PreparedStatement statement = host.prepareStatement(sql)) {
                statement.setBytes(1, write.key());
                if (write.value() != null) {
                    statement.setBytes(2, write.value());
                }
                statement.executeUpdate();
            }
        }

        @Override
        public synchronized NavigableMap<byte[], byte[]> readLive(String set) throws SQLException {
            NavigableMap<byte[], byte[]> live = DatabaseContents.empty();
            try (Statement statement = host.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT k, v FROM " + set)) {
                while (rows.next()) {
                    live.put(orEmpty(rows.getBytes(1)), orEmpty(rows.getBytes(2)));
                }
            }
            return live;
        }

        private static byte[] orEmpty(byte[] bytes) {
            return bytes == null ? new byte[0] : bytes;
        }

        @Override
        public boolean loseEntries() throws SQLException {
            execute("CREATE TRIGGER loses BEFORE INSERT ON first WHEN NEW.k = x'6c6f7374' BEGIN"
                    + " DELETE FROM second; SELECT RAISE(IGNORE); END");
            return true;
        }

        @Override
        public boolean joinsCommits() {
            return true;
        }

        @Override
        public boolean changeWithoutRecord() throws SQLException {
            execute("DROP TABLE first");
            execute("CREATE TABLE first (k BLOB PRIMARY KEY NOT NULL, v BLOB NOT NULL)" + suffix);
            return true;
        }

        @Override
        public void assertNothingLeftBehind() {
            assertThat(folder.toFile().list()).allMatch(name -> name.startsWith("orders.db"));
        }
    }
}

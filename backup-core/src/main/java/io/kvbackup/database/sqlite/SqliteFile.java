package io.kvbackup.database.sqlite;

import io.kvbackup.database.Database;
import io.kvbackup.database.directory.DirectoryDatabase;
import io.kvbackup.disk.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A whole SQLite database, whatever its tables, as a file. */
public final class SqliteFile {
    private SqliteFile() {}

    /**
     * Backs up a consistent copy that {@code VACUUM INTO} makes beside the file, at one instant; in WAL mode writers do
     * not wait for it. The copy takes as much disk space as the data, until the snapshot is closed.
     *
     * @param file the live database
     * @param restoreTo folder into which restores put a file of the same name; must not exist when a restore begins.
     *     The host opens the file there, or closes its database and moves the file into the old one's place, without
     *     the old one's {@code -wal} and {@code -shm}
     * @throws IOException if a restore into {@code restoreTo} was decided before a crash and cannot be completed
     */
    public static Database of(String name, Path file, Path restoreTo) throws IOException {
        Path absolute = file.toAbsolutePath();
        Path parent = absolute.getParent();
        if (parent == null) {
            throw new IllegalArgumentException(file + " is not a file");
        }
        return DirectoryDatabase.builder(name, restoreTo)
                .copiedBy(folder -> copy(absolute, folder.resolve(absolute.getFileName())), parent)
                .copyOf(absolute)
                .build();
    }

    /** The mode WAL is part of a database, but not of its copies. */
    private static void keepJournalMode(Connection live, Path copy) throws IOException, SQLException {
        try (Statement statement = live.createStatement();
                ResultSet mode = statement.executeQuery("PRAGMA main.journal_mode")) {
            if (mode.next() && mode.getString(1).equals("wal")) {
                try (Connection connection = SqliteDatabase.open(copy);
                        Statement change = connection.createStatement()) {
                    change.execute("PRAGMA journal_mode = WAL");
                }
            }
        }
    }

    private static void copy(Path file, Path to) throws IOException {
        // SQLite would make it for all to read.
        Files.createFile(to, PrivateFiles.like(file));
        try (Connection connection = SqliteDatabase.open(file);
                PreparedStatement statement = connection.prepareStatement("VACUUM INTO ?")) {
            statement.setString(1, SqliteUri.of(to));
            statement.executeUpdate();
            keepJournalMode(connection, to);
        } catch (SQLException e) {
            throw SqliteErrors.translate("copy database " + file, e);
        }
    }
}

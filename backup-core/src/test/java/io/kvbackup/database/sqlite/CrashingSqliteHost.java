package io.kvbackup.database.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.disk.OtherProcess;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** A host that ends without any clean-up at a given step of a restore, run in a process of its own. */
final class CrashingSqliteHost {
    static final int HALTED = 77;
    private static final int ROWS = 20_000;

    private CrashingSqliteHost() {}

    /** Arguments: file and the number of the step at which to halt. */
    public static void main(String[] args) throws Exception {
        int haltAt = Integer.parseInt(args[1]);
        int[] reached = {0};
        restore(Path.of(args[0]), step -> {
            if (reached[0]++ == haltAt) {
                Runtime.getRuntime().halt(HALTED);
            }
        });
    }

    static int run(Path file, int haltAt) throws Exception {
        // What it cannot remove when it halts goes with the test's folder.
        try (OtherProcess host = OtherProcess.start(CrashingSqliteHost.class, file.getParent(), file, haltAt)) {
            return host.exit();
        }
    }

    static void writeOld(Path file, String journalMode) throws SQLException {
        try (Connection host = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = host.createStatement()) {
            statement.execute("PRAGMA journal_mode = " + journalMode);
            for (String table : new String[] {"first", "second"}) {
                statement.execute("CREATE TABLE " + table + " (k BLOB PRIMARY KEY, v TEXT) WITHOUT ROWID");
                statement.execute("INSERT INTO " + table + " VALUES (x'00', 'old'), (x'01', 'old')");
            }
        }
    }

    /** More rows than SQLite's cache holds, so that the file itself is half written when the process ends. */
    static void restore(Path file, CommitSteps steps) throws IOException {
        SqliteDatabase database = SqliteDatabase.of("d", file).withSteps(steps);
        DatabaseBackup header = DatabaseBackup.of(
                "d",
                new SetBackup("first", Encoding.BINARY, Encoding.TEXT),
                new SetBackup("second", Encoding.BINARY, Encoding.TEXT));
        byte[] value = "new".repeat(100).getBytes(UTF_8);
        try (DatabaseRestore restore = database.beginRestore(header)) {
            for (String set : header.sets().keySet()) {
                var to = restore.set(set);
                for (int i = 0; i < ROWS; i++) {
                    to.visit(ByteBuffer.allocate(4).putInt(i).array(), value);
                }
            }
            restore.commit();
        }
    }

    static void assertState(Path file, boolean restored, String when) throws SQLException {
        try (Connection host = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = host.createStatement()) {
            for (String table : new String[] {"first", "second"}) {
                try (var rows = statement.executeQuery("SELECT count(*), min(v), max(v) FROM " + table)) {
                    String value = restored ? "new".repeat(100) : "old";
                    assertThat(rows.getInt(1)).as(when).isEqualTo(restored ? ROWS : 2);
                    assertThat(rows.getString(2)).as(when).isEqualTo(value);
                    assertThat(rows.getString(3)).as(when).isEqualTo(value);
                }
            }
            try (var rows = statement.executeQuery("PRAGMA integrity_check")) {
                assertThat(rows.getString(1)).as(when).isEqualTo("ok");
            }
        }
    }
}

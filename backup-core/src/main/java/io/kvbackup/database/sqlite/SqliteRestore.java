package io.kvbackup.database.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.StagedRestore;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Stages entries in temporary tables, which SQLite keeps in a file of its own that vanishes with the connection. */
final class SqliteRestore extends StagedRestore {
    private final Connection connection;
    private final Map<String, Table> tables;
    private final CommitSteps steps;
    private final List<Table> staged = new ArrayList<>();
    private @Nullable PreparedStatement insert;

    /** Takes over the connection. */
    SqliteRestore(DatabaseBackup header, Connection connection, Map<String, Table> tables, CommitSteps steps) {
        super(header);
        this.connection = connection;
        this.tables = tables;
        this.steps = steps;
    }

    private Table table(String set) {
        Table table = tables.get(set);
        if (table == null) {
            throw new IllegalStateException("no table " + set);
        }
        return table;
    }

    private static String stage(int number) {
        return "temp.kvbackup_staged_" + number;
    }

    @Override
    protected EntryVisitor stage(SetBackup set) throws IOException {
        Table table = table(set.name());
        String operation = "stage table " + set.name() + " of database " + header().name();
        try {
            endStage();
            String stage = stage(staged.size());
            execute("CREATE TABLE " + stage + " (k BLOB PRIMARY KEY, v BLOB) WITHOUT ROWID");
            staged.add(table);
            execute("BEGIN");
            PreparedStatement statement = connection.prepareStatement("INSERT INTO " + stage + " VALUES (?, ?)");
            insert = statement;
            return (key, value) -> {
                try {
                    insert(statement, table, key, value);
                } catch (SQLException e) {
                    throw SqliteErrors.translate(operation, e);
                }
            };
        } catch (SQLException e) {
            throw SqliteErrors.translate(operation, e);
        }
    }

    private static void insert(PreparedStatement statement, Table table, byte[] key, byte[] value)
            throws IOException, SQLException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted while staging table " + table.name());
        }
        requireText(table, key, "key", table.keys(), key);
        requireText(table, key, "value", table.values(), value);
        statement.setBytes(1, key);
        statement.setBytes(2, value);
        statement.executeUpdate();
    }

    private static void requireText(Table table, byte[] key, String part, Encoding encoding, byte[] bytes)
            throws IOException {
        if (encoding == Encoding.TEXT) {
            try {
                UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            } catch (CharacterCodingException e) {
                throw new IOException(
                        "table " + table.name() + ", key 0x" + HexFormat.of().formatHex(key) + ": the " + part
                                + " is not UTF-8, but its column holds text; restore into a table with a BLOB column",
                        e);
            }
        }
    }

    private void endStage() throws SQLException {
        if (insert != null) {
            insert.close();
            insert = null;
            execute("COMMIT");
        }
    }

    @Override
    protected void commitStaged() throws IOException {
        try {
            endStage();
            steps.reached("staged");
            execute("BEGIN IMMEDIATE");
            try {
                swapIn();
                execute("COMMIT");
            } catch (SQLException | RuntimeException | Error e) {
                rollBack(e);
                throw e;
            }
            steps.reached("committed");
        } catch (SQLException e) {
            throw SqliteErrors.translate(
                    "commit the restore of database " + header().name() + "; nothing was changed", e);
        }
    }

    private void swapIn() throws SQLException {
        for (String set : header().sets().keySet()) {
            Table table = table(set);
            execute("DELETE FROM main." + table.quotedName());
            steps.reached(set + " emptied");
            int stage = staged.indexOf(table);
            if (stage >= 0) {
                execute("INSERT INTO main." + table.quotedName() + " (" + table.quotedKey() + ", " + table.quotedValue()
                        + ") SELECT " + cast("k", table.keys()) + ", " + cast("v", table.values()) + " FROM "
                        + stage(stage) + " ORDER BY k");
            }
            steps.reached(set + " filled");
        }
    }

    private static String cast(String column, Encoding encoding) {
        return encoding == Encoding.TEXT ? "CAST(" + column + " AS TEXT)" : column;
    }

    private void rollBack(Throwable because) {
        try {
            execute("ROLLBACK");
        } catch (SQLException e) {
            because.addSuppressed(e);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** A connection from a pool lives on, so its temporary tables go. */
    @Override
    protected void discard() throws IOException {
        try (connection) {
            endStage();
            for (int i = 0; i < staged.size(); i++) {
                execute("DROP TABLE IF EXISTS " + stage(i));
            }
        } catch (SQLException e) {
            throw SqliteErrors.translate("drop what was staged for database " + header().name(), e);
        }
    }
}

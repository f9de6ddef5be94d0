package io.kvbackup.database.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
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
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stages entries in temporary tables, which SQLite keeps in a file of its own that vanishes with the connection. */
final class SqliteRestore extends StagedRestore {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteRestore.class);

    /** {@code PRAGMA synchronous}, from which on a commit outlasts a loss of power. */
    private static final long FULL = 2;

    private final Connection connection;
    private final Map<String, Table> tables;
    private final CommitSteps steps;
    private final List<Table> staged = new ArrayList<>();
    private @Nullable PreparedStatement insert;
    private boolean enforced;
    private long synchronous = FULL;

    /** Takes over the connection. */
    SqliteRestore(
            DatabaseBackup header, KeyRange keys, Connection connection, Map<String, Table> tables, CommitSteps steps) {
        super(header, keys);
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
            // A pool may give a connection whose last restore could not tidy up.
            execute("DROP TABLE IF EXISTS " + stage);
            execute("CREATE TABLE " + stage + " (k BLOB PRIMARY KEY, v BLOB) WITHOUT ROWID");
            staged.add(table);
            execute("BEGIN");
            PreparedStatement statement = connection.prepareStatement("INSERT INTO " + stage + " VALUES (?, ?)");
            insert = statement;
            return (key, value) -> {
                try {
                    insert(statement, set, table, key, value);
                } catch (SQLException e) {
                    throw SqliteErrors.translate(operation, e);
                }
            };
        } catch (SQLException e) {
            throw SqliteErrors.translate(operation, e);
        }
    }

    private static void insert(PreparedStatement statement, SetBackup set, Table table, byte[] key, byte[] value)
            throws IOException, SQLException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted while staging table " + table.name());
        }
        if (table.keys() == Encoding.TEXT && set.keys() != Encoding.TEXT) {
            requireUtf8(table, key, "key", key);
        }
        if (table.values() == Encoding.TEXT && set.values() != Encoding.TEXT) {
            requireUtf8(table, key, "value", value);
        }
        statement.setBytes(1, key);
        statement.setBytes(2, value);
        statement.executeUpdate();
    }

    /** Texts of a backup are what some column of texts held, whatever their bytes; others are not made texts unseen. */
    private static void requireUtf8(Table table, byte[] key, String part, byte[] bytes) throws IOException {
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        } catch (CharacterCodingException e) {
            throw new IOException(
                    "table " + table.name() + ", key 0x" + HexFormat.of().formatHex(key) + ": the " + part
                            + " is not text in the backup and not UTF-8, but its column holds text; restore into a "
                            + "table with a BLOB column",
                    e);
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
        String operation = "commit the restore of database " + header().name() + "; nothing was changed";
        try {
            endStage();
            steps.reached("staged");
            // Cannot be changed within a transaction. Deferring the checks would let the actions (CASCADE) run.
            enforced = number("PRAGMA foreign_keys") != 0;
            execute("PRAGMA foreign_keys = OFF");
            synchronous = number("PRAGMA main.synchronous");
            if (synchronous < FULL) {
                execute("PRAGMA main.synchronous = " + FULL);
            }
            execute("BEGIN IMMEDIATE");
            try {
                swapIn();
                execute("COMMIT");
            } catch (IOException | SQLException | RuntimeException | Error e) {
                rollBack(e);
                throw e;
            }
            steps.reached("committed");
        } catch (SQLException e) {
            throw SqliteErrors.translate(operation, e);
        } catch (IOException e) {
            throw new IOException("cannot " + operation + ": " + e.getMessage(), e);
        }
    }

    private void swapIn() throws IOException, SQLException {
        List<Table> restored =
                header().sets().keySet().stream().map(this::table).toList();
        requireUnchanged(restored);
        ForeignKeys references = ForeignKeys.of(connection, restored, !isPart());
        Triggers triggers = Triggers.of(connection, restored);
        triggers.drop();
        long expected = number("SELECT total_changes()");
        for (Table table : restored) {
            expected += delete(new RowRange(table, keys()));
            steps.reached(table.name() + " emptied");
            int stage = staged.indexOf(table);
            if (stage >= 0) {
                // Without OR ABORT, a conflict clause of the table may drop rows in silence.
                expected += change("INSERT OR ABORT INTO main." + table.quotedName() + " (" + table.quotedKey() + ", "
                        + table.quotedValue() + ") SELECT " + cast("k", table.keys()) + ", "
                        + cast("v", table.values()) + " FROM " + stage(stage) + " ORDER BY k");
            }
            steps.reached(table.name() + " filled");
        }
        if (number("SELECT total_changes()") != expected || number("PRAGMA foreign_keys") != 0) {
            throw new IOException("SQLite changed other rows than it was told to, by a rule of its schema (such as a"
                    + " constraint with ON CONFLICT);"
                    + " nothing was changed; look for that rule");
        }
        for (Table table : restored) {
            requireAllStaged(table.name(), count(new RowRange(table, keys())));
        }
        references.refuseNewlyBroken(enforced);
        triggers.createAgain();
        if (!triggers.names().isEmpty()) {
            LOG.warn(
                    "Triggers {} of database {} did not run while it was restored: what they keep up to date is as "
                            + "it was",
                    triggers.names(),
                    header().name());
        }
    }

    /** Staging takes its time, and a host may change tables meanwhile: rows would lack what a new column holds. */
    private void requireUnchanged(List<Table> restored) throws IOException, SQLException {
        Set<String> names = header().sets().keySet();
        if (!List.copyOf(new Schema(connection).named(names).values()).equals(restored)) {
            throw new IOException(
                    "tables " + names + " are not declared as they were when the restore began; restore again");
        }
    }

    private long delete(RowRange rows) throws SQLException {
        try (PreparedStatement statement = rows.prepare(connection, "DELETE", "")) {
            statement.executeUpdate();
            return number("SELECT changes()");
        }
    }

    private long count(RowRange rows) throws SQLException {
        try (PreparedStatement statement = rows.prepare(connection, "SELECT count(*)", "");
                ResultSet counted = statement.executeQuery()) {
            return counted.getLong(1);
        }
    }

    private long change(String sql) throws SQLException {
        execute(sql);
        return number("SELECT changes()");
    }

    private long number(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.getLong(1);
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

    /** A connection from a pool lives on, so its temporary tables go, and it is as it was. */
    @Override
    protected void discard() throws IOException {
        try (connection) {
            endStage();
            for (int i = 0; i < staged.size(); i++) {
                execute("DROP TABLE IF EXISTS " + stage(i));
            }
            if (enforced) {
                execute("PRAGMA foreign_keys = ON");
            }
            if (synchronous < FULL) {
                execute("PRAGMA main.synchronous = " + synchronous);
            }
        } catch (SQLException e) {
            throw SqliteErrors.translate("drop what was staged for database " + header().name(), e);
        }
    }
}

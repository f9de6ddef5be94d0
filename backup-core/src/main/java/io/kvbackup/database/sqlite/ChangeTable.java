package io.kvbackup.database.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.database.ChangeGapException;
import io.kvbackup.database.ChangeVisitor;
import io.kvbackup.model.Encoding;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The table in which triggers note the key of each row that is written, whichever connection writes it. A row without a
 * table's name stands for what cannot be known: rows may have been written without triggers before it.
 */
record ChangeTable(Connection connection) {
    static final String NAME = "kvbackup_changes";
    private static final String STATE = "kvbackup_log";

    /** Tables that are no sets. */
    static final Set<String> OWN = Set.of(NAME, STATE);

    private static final String TRIGGER = NAME + "_";

    /** Of which rows an event notes the keys. */
    private static final Map<String, List<String>> EVENTS =
            Map.of("INSERT", List.of("NEW"), "UPDATE", List.of("OLD", "NEW"), "DELETE", List.of("OLD"));

    /** Whether a trigger is one of these. */
    static boolean isOurs(String trigger) {
        return trigger.startsWith(TRIGGER);
    }

    /**
     * Makes the triggers. If they were not there, or the schema has changed since, what was noted until now leads
     * nowhere.
     */
    void prepare(Collection<Table> tables) throws IOException, SQLException {
        if (isPrepared(tables)) {
            return;
        }
        execute("BEGIN IMMEDIATE");
        try {
            execute("CREATE TABLE IF NOT EXISTS " + NAME
                    + " (position INTEGER PRIMARY KEY, tbl TEXT, key BLOB, nonce BLOB NOT NULL)");
            execute("CREATE TABLE IF NOT EXISTS " + STATE
                    + " (id INTEGER PRIMARY KEY, history TEXT NOT NULL, schema INTEGER)");
            execute("INSERT OR IGNORE INTO " + STATE + " VALUES (1, '" + UUID.randomUUID() + "', 0)");
            for (Table table : tables) {
                refuseHiddenDeletions(table);
                createTriggers(table);
            }
            execute("INSERT INTO " + NAME + " (nonce) VALUES (randomblob(8))");
            execute("UPDATE " + STATE + " SET schema = " + schemaVersion());
            execute("COMMIT");
        } catch (IOException | SQLException | RuntimeException | Error e) {
            rollBack(e);
            throw e;
        }
    }

    private void rollBack(Throwable because) {
        try {
            execute("ROLLBACK");
        } catch (SQLException e) {
            because.addSuppressed(e);
        }
    }

    private boolean isPrepared(Collection<Table> tables) throws SQLException {
        String triggers = tables.stream()
                .flatMap(table -> EVENTS.keySet().stream().map(event -> quoteText(trigger(event, table))))
                .collect(Collectors.joining(", "));
        return number("SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name = '" + STATE + "'") == 1
                && number("SELECT schema FROM " + STATE) == schemaVersion()
                && number("SELECT count(*) FROM main.sqlite_schema WHERE type = 'trigger' AND name IN (" + triggers
                                + ")")
                        == (long) EVENTS.size() * tables.size();
    }

    private static String trigger(String event, Table table) {
        return TRIGGER + event + "_" + table.name();
    }

    private long schemaVersion() throws SQLException {
        return number("PRAGMA main.schema_version");
    }

    private void createTriggers(Table table) throws SQLException {
        for (Map.Entry<String, List<String>> event : EVENTS.entrySet()) {
            String trigger = "main." + Table.quote(trigger(event.getKey(), table));
            execute("DROP TRIGGER IF EXISTS " + trigger);
            execute("CREATE TRIGGER " + trigger + " AFTER " + event.getKey() + " ON " + table.quotedName() + " BEGIN "
                    + event.getValue().stream().map(row -> note(table, row)).collect(Collectors.joining())
                    + " END");
        }
    }

    private static String note(Table table, String row) {
        return "INSERT INTO " + NAME + " (tbl, key, nonce) VALUES (" + quoteText(table.name()) + ", CAST(" + row + "."
                + table.quotedKey() + " AS BLOB), randomblob(8));";
    }

    /** REPLACE removes rows that are in the way of another constraint, and runs no trigger for them. */
    private void refuseHiddenDeletions(Table table) throws IOException, SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT name FROM pragma_index_list(?1, 'main') WHERE \"unique\" AND origin <> 'pk'")) {
            statement.setString(1, table.name());
            try (ResultSet found = statement.executeQuery()) {
                if (found.next()) {
                    throw new IOException("table " + table.name() + " cannot have a change log: its unique index "
                            + found.getString(1) + " lets INSERT OR REPLACE remove rows without running triggers;"
                            + " drop the index, or leave out the table");
                }
            }
        }
    }

    String history() throws SQLException {
        return text("SELECT history FROM " + STATE);
    }

    /** Of the newest note. */
    long position() throws SQLException {
        return number("SELECT coalesce(max(position), 0) FROM " + NAME);
    }

    /** Of the oldest note that is left. */
    long first() throws SQLException {
        return number("SELECT coalesce(min(position), 0) FROM " + NAME);
    }

    /** What tells a note from others of the same number; of no bytes if there is none. */
    byte[] nonce(long position) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT nonce FROM " + NAME + " WHERE position = ?")) {
            statement.setLong(1, position);
            try (ResultSet found = statement.executeQuery()) {
                return found.next() ? found.getBytes(1) : new byte[0];
            }
        }
    }

    /** Fails unless the notes after a position tell all that was written. */
    void requireAllNoted(String database, long after) throws IOException, SQLException {
        if (number("SELECT schema FROM " + STATE) != schemaVersion()) {
            throw new ChangeGapException("database " + database + ": its schema was changed, or a restore has replaced"
                    + " rows, without running triggers; start again from a whole backup");
        }
        if (number("SELECT count(*) FROM " + NAME + " WHERE position > " + after + " AND tbl IS NULL") > 0) {
            throw new ChangeGapException("database " + database + ": its schema was changed after position " + after
                    + ", or a restore has replaced rows; start again from a whole backup");
        }
        if (position() < after || first() > after) {
            throw new ChangeGapException("database " + database + ": the table " + NAME + " holds " + first() + " to "
                    + position() + ", not what came after position " + after + "; start again from a whole backup");
        }
    }

    /** Drops the oldest notes, some in each transaction, unless somebody writes meanwhile: writers come first. */
    void drop(long upTo, int atOnce) throws SQLException {
        long patience = number("PRAGMA busy_timeout");
        execute("PRAGMA busy_timeout = 0");
        try {
            for (long first = first(); first + atOnce <= upTo; first += atOnce) {
                execute("DELETE FROM " + NAME + " WHERE position < " + (first + atOnce));
            }
        } finally {
            execute("PRAGMA busy_timeout = " + patience);
        }
    }

    /** Pushes what the rows hold whose keys were noted after a position. */
    void push(Table table, long after, long upTo, ChangeVisitor to) throws IOException, SQLException {
        String key = table.keys() == Encoding.TEXT ? "CAST(c.key AS TEXT)" : "c.key";
        String value = "t." + table.quotedValue();
        try (PreparedStatement statement = connection.prepareStatement("SELECT c.key, CAST(" + value
                + " AS BLOB), typeof(t." + table.quotedKey() + "), typeof(" + value
                + ") FROM (SELECT DISTINCT key FROM "
                + NAME + " WHERE position > ?1 AND position <= ?2 AND tbl = " + quoteText(table.name())
                + ") AS c LEFT JOIN main." + table.quotedName() + " AS t ON t." + table.quotedKey() + " = " + key
                + " ORDER BY c.key")) {
            statement.setLong(1, after);
            statement.setLong(2, upTo);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    byte[] changed = TableScan.orEmpty(rows.getBytes(1));
                    if (rows.getString(3).equals("null")) {
                        to.delete(table.name(), changed);
                    } else {
                        TableScan.require(
                                table, changed, "value", rows.getString(4), Table.storageClass(table.values()));
                        to.put(table.name(), changed, TableScan.orEmpty(rows.getBytes(2)));
                    }
                }
            }
        }
    }

    private static String quoteText(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private long number(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.getLong(1);
        }
    }

    private String text(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return new String(rows.getBytes(1), UTF_8);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}

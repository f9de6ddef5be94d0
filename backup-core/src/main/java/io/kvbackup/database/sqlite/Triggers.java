package io.kvbackup.database.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The triggers of tables that are restored: gone while rows are replaced, so that they change no other row, and there
 * again in the same transaction. Those of the connection itself (TEMP) are among them.
 */
final class Triggers {
    private static final String CREATE = "CREATE TRIGGER ";

    private record Trigger(String schema, String name, String sql) {
        String qualifiedName() {
            return schema + "." + Table.quote(name);
        }

        /** SQLite keeps the statement from the name on, which has no schema, behind these two words. */
        String creation() {
            return (schema.equals("temp") ? "CREATE TEMP TRIGGER " : CREATE + schema + ".")
                    + sql.substring(CREATE.length());
        }
    }

    private final Connection connection;
    private final List<Trigger> triggers = new ArrayList<>();

    private Triggers(Connection connection) {
        this.connection = connection;
    }

    /** Within the transaction that replaces the rows. */
    static Triggers of(Connection connection, Collection<Table> tables) throws SQLException {
        Triggers found = new Triggers(connection);
        for (Table table : tables) {
            found.add("main", table);
            found.add("temp", table);
        }
        return found;
    }

    private void add(String schema, Table table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT name, sql FROM " + schema
                + ".sqlite_schema WHERE type = 'trigger' AND tbl_name = ?1 COLLATE NOCASE ORDER BY rowid")) {
            statement.setString(1, table.name());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    triggers.add(new Trigger(schema, rows.getString(1), rows.getString(2)));
                }
            }
        }
    }

    /** Those of the host. */
    List<String> names() {
        return triggers.stream()
                .map(Trigger::name)
                .filter(name -> !ChangeTable.isOurs(name))
                .toList();
    }

    void drop() throws SQLException {
        for (Trigger trigger : triggers) {
            execute("DROP TRIGGER " + trigger.qualifiedName());
        }
    }

    void createAgain() throws SQLException {
        for (Trigger trigger : triggers) {
            execute(trigger.creation());
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}

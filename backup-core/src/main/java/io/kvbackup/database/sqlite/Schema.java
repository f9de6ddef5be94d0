package io.kvbackup.database.sqlite;

import io.kvbackup.model.Encoding;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the tables that are key and value. */
final class Schema {
    private record Column(String name, String type, int primaryKey, boolean hidden) {}

    private final Connection connection;

    Schema(Connection connection) {
        this.connection = connection;
    }

    /**
     * @param chosen names of tables; empty for all
     * @throws IOException if one of them is missing or not of key and value; says why
     */
    Map<String, Table> tables(Collection<String> chosen) throws IOException, SQLException {
        return named(chosen.isEmpty() ? tableNames() : chosen);
    }

    /** @throws IOException if one of them is missing or not of key and value; says why */
    Map<String, Table> named(Collection<String> names) throws IOException, SQLException {
        List<String> found = tableNames();
        Map<String, Table> tables = new LinkedHashMap<>();
        for (String name : names) {
            if (!found.contains(name)) {
                throw new IOException("there is no table " + name + ", only " + found);
            }
            tables.put(name, table(name));
        }
        return tables;
    }

    private List<String> tableNames() throws SQLException {
        List<String> names = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name"
                                + " NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name")) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        names.removeAll(ChangeTable.OWN);
        return names;
    }

    /**
     * The statements that make these tables and their indexes.
     *
     * @param chosen names of tables; empty for all
     */
    List<String> sql(Collection<String> chosen) throws IOException, SQLException {
        Set<String> names = tables(chosen).keySet();
        List<String> statements = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT tbl_name, sql FROM main.sqlite_schema"
                        + " WHERE type IN ('table', 'index') AND sql IS NOT NULL ORDER BY rowid")) {
            while (rows.next()) {
                if (names.contains(rows.getString(1))) {
                    statements.add(rows.getString(2));
                }
            }
        }
        return statements;
    }

    private Table table(String name) throws IOException, SQLException {
        String kind = text("SELECT type FROM pragma_table_list WHERE schema = 'main' AND name = ?1", name);
        if (!"table".equals(kind)) {
            throw unfit(name, "it is a " + kind + " table, whose rows another part of SQLite keeps");
        }
        List<Column> columns = columns(name);
        if (columns.size() != 2
                || columns.stream().filter(c -> c.primaryKey > 0).count() != 1) {
            throw unfit(name, "it does not have two columns, one of which is the primary key");
        }
        Column key = columns.get(columns.get(0).primaryKey > 0 ? 0 : 1);
        Column value = columns.get(columns.get(0).primaryKey > 0 ? 1 : 0);
        Encoding keys = encoding(name, key);
        Encoding values = encoding(name, value);
        if (keys == Encoding.TEXT || values == Encoding.TEXT) {
            requireUtf8(name);
        }
        if (keys == Encoding.TEXT) {
            requireBytewiseOrder(name);
        }
        return new Table(name, key.name, keys, value.name, values);
    }

    private List<Column> columns(String table) throws SQLException {
        List<Column> columns = new ArrayList<>();
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT name, type, pk, hidden FROM pragma_table_xinfo(?, 'main')")) {
            statement.setString(1, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    columns.add(new Column(rows.getString(1), rows.getString(2), rows.getInt(3), rows.getInt(4) != 0));
                }
            }
        }
        return columns;
    }

    /** By SQLite's rules of affinity, of which only two leave the bytes as they are. */
    private static Encoding encoding(String table, Column column) throws IOException {
        String type = column.type.toUpperCase(Locale.ROOT);
        if (column.hidden) {
            throw unfit(table, "its column " + column.name + " is generated or hidden");
        }
        if (!type.contains("INT") && (type.contains("CHAR") || type.contains("CLOB") || type.contains("TEXT"))) {
            return Encoding.TEXT;
        }
        if (type.isEmpty() || (type.contains("BLOB") && !type.contains("INT"))) {
            return Encoding.BINARY;
        }
        throw unfit(table, "its column " + column.name + " is " + column.type + ", neither TEXT nor BLOB");
    }

    /** Texts are read and written as the bytes that SQLite stores. */
    private void requireUtf8(String table) throws IOException, SQLException {
        String encoding = text("PRAGMA main.encoding", null);
        if (!"UTF-8".equals(encoding)) {
            throw unfit(table, "its text is in " + encoding + ", not UTF-8");
        }
    }

    private void requireBytewiseOrder(String table) throws IOException, SQLException {
        String collation = text(
                "SELECT x.coll FROM pragma_index_list(?1, 'main') AS l, pragma_index_xinfo(l.name, 'main') AS x"
                        + " WHERE l.origin = 'pk' AND x.key = 1",
                table);
        if (!"BINARY".equals(collation)) {
            throw unfit(table, "its text keys are ordered by " + collation + ", not BINARY");
        }
    }

    private @Nullable String text(String query, @Nullable String argument) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            if (argument != null) {
                statement.setString(1, argument);
            }
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? rows.getString(1) : null;
            }
        }
    }

    private static IOException unfit(String table, String why) {
        return new IOException("table " + table + " is not one of key and value: " + why
                + "; choose the tables that are, or back up the whole file with SqliteFile");
    }
}

package io.kvbackup.database.sqlite;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** A file with a connection of its host. */
final class SqliteHost implements AutoCloseable {
    private final Path file;
    private final Connection connection;

    SqliteHost(Path file) throws SQLException {
        this(file, "UTF-8");
    }

    SqliteHost(Path file, String encoding) throws SQLException {
        this.file = file;
        connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        run("PRAGMA encoding = '" + encoding + "'");
        run("PRAGMA journal_mode = WAL", "PRAGMA synchronous = OFF");
    }

    Path file() {
        return file;
    }

    /** @param enforced whether its connections enforce foreign keys */
    SqliteDatabase database(boolean enforced, String... tables) {
        SQLiteConfig config = new SQLiteConfig();
        config.enforceForeignKeys(enforced);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
        return SqliteDatabase.of("d", source, tables);
    }

    void run(String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    List<String> rows(String query) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(query)) {
            int columns = found.getMetaData().getColumnCount();
            while (found.next()) {
                StringBuilder row = new StringBuilder();
                for (int i = 1; i <= columns; i++) {
                    row.append(found.getString(i)).append(' ');
                }
                rows.add(row.toString());
            }
        }
        return rows;
    }

    /** Every row of every table, with storage classes and bytes, the schema, and the counters of AUTOINCREMENT. */
    Map<String, List<String>> dump() throws SQLException {
        Map<String, List<String>> dump = new TreeMap<>();
        // The order in which triggers stand among others is of no meaning.
        dump.put("schema", rows("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"));
        for (String name : rows("SELECT name FROM sqlite_schema WHERE type = 'table'")) {
            dump.put(name.strip(), rowsOf(name.strip()));
        }
        return dump;
    }

    List<String> rowsOf(String table) throws SQLException {
        StringBuilder columns = new StringBuilder();
        for (String column : rows("SELECT name FROM pragma_table_info('" + table + "')")) {
            String name = Table.quote(column.strip());
            columns.append(columns.isEmpty() ? "" : ", ")
                    .append("typeof(" + name + "), hex(CAST(" + name + " AS BLOB))");
        }
        List<String> rows = rows("SELECT " + columns + " FROM " + Table.quote(table));
        rows.sort(null);
        return rows;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}

package io.kvbackup.database.sqlite;

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
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells which references a restore breaks, while SQLite does not enforce them: those of restored tables and those to
 * them. What was broken before and still is, is none of the restore's doing. References that SQLite could not enforce
 * either, because their parent or its columns do not exist, are passed over.
 */
final class ForeignKeys {
    private static final Logger LOG = LoggerFactory.getLogger(ForeignKeys.class);
    private static final int SHOWN = 3;
    private static final String AFTER = "kvbackup_broken_after";

    private final Connection connection;
    private final boolean whole;
    private final List<Reference> references = new ArrayList<>();

    private ForeignKeys(Connection connection, boolean whole) {
        this.connection = connection;
        this.whole = whole;
    }

    /**
     * Within the transaction, before anything is changed.
     *
     * @param whole whether all rows of those tables are restored
     */
    static ForeignKeys of(Connection connection, Collection<Table> restored, boolean whole) throws SQLException {
        ForeignKeys keys = new ForeignKeys(connection, whole);
        keys.find(restored);
        for (int i = 0; i < keys.references.size(); i++) {
            keys.execute("CREATE TEMP TABLE " + before(i) + " AS "
                    + keys.references.get(i).broken());
        }
        return keys;
    }

    private static String before(int reference) {
        return "kvbackup_broken_" + reference;
    }

    private void find(Collection<Table> restored) throws SQLException {
        record Key(String child, String parent, int id) {}
        Map<Key, Map<String, String>> columns = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT t.name, f.\"table\", f.id, f.\"from\", f.\"to\""
                        + " FROM main.sqlite_schema AS t, pragma_foreign_key_list(t.name, 'main') AS f"
                        + " WHERE t.type = 'table' ORDER BY t.name, f.id, f.seq")) {
            while (rows.next()) {
                Key key = new Key(rows.getString(1), rows.getString(2), rows.getInt(3));
                columns.computeIfAbsent(key, k -> new LinkedHashMap<>()).put(rows.getString(4), rows.getString(5));
            }
        }
        for (Map.Entry<Key, Map<String, String>> found : columns.entrySet()) {
            boolean child = isAmong(restored, found.getKey().child);
            boolean parent = isAmong(restored, found.getKey().parent);
            if (child || parent) {
                add(found.getKey().child, found.getValue(), found.getKey().parent, whole && child && parent);
            }
        }
    }

    private static boolean isAmong(Collection<Table> tables, String name) {
        return tables.stream().anyMatch(table -> table.name().equalsIgnoreCase(name));
    }

    private void add(String child, Map<String, String> columns, String parent, boolean within) throws SQLException {
        List<String> from = List.copyOf(columns.keySet());
        // A reference that names no columns is to the primary key.
        List<String> to = columns.containsValue(null)
                ? parentColumns(parent, " WHERE pk > 0 ORDER BY pk")
                : List.copyOf(columns.values());
        List<String> there = parentColumns(parent, "");
        boolean exist = to.stream().allMatch(name -> there.stream().anyMatch(name::equalsIgnoreCase));
        if (exist && from.size() == to.size()) {
            references.add(new Reference(child, from, parent, to, within));
        }
    }

    private List<String> parentColumns(String table, String which) throws SQLException {
        List<String> names = new ArrayList<>();
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT name FROM pragma_table_xinfo(?, 'main')" + which)) {
            statement.setString(1, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
        }
        return names;
    }

    /**
     * @param enforced whether the connection enforces references; if not, a host may have rows that refer to nothing,
     *     and a restore of both tables brings them back
     */
    void refuseNewlyBroken(boolean enforced) throws IOException, SQLException {
        for (int i = 0; i < references.size(); i++) {
            Reference reference = references.get(i);
            execute("CREATE TEMP TABLE " + AFTER + " AS " + reference.broken());
            List<String> all = examples("SELECT * FROM temp." + AFTER);
            List<String> broken = examples("SELECT * FROM temp." + AFTER + " EXCEPT SELECT * FROM temp." + before(i));
            execute("DROP TABLE temp." + AFTER);
            execute("DROP TABLE temp." + before(i));
            if (broken.isEmpty()) {
                if (!all.isEmpty()) {
                    LOG.warn("After a restore as before it, {}", describe(reference, all));
                }
                continue;
            }
            String what = describe(reference, broken);
            if (enforced || !reference.within()) {
                throw new IOException("it would break a foreign key: " + what
                        + "; restore both tables from the same backup, whole"
                        + (enforced
                                ? ", or through connections that do not enforce foreign keys"
                                : ", or mend the rows first"));
            }
            LOG.warn("A restore brings back what a database that does not enforce foreign keys held: {}", what);
        }
    }

    private static String describe(Reference reference, List<String> broken) {
        return "rows of table " + reference.child() + " refer to rows that table " + reference.parent()
                + " does not have (" + reference + "), such as " + broken;
    }

    private List<String> examples(String query) throws SQLException {
        List<String> examples = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT DISTINCT substr(quote(c0), 1, 80) FROM (" + query + ") LIMIT " + SHOWN)) {
            while (rows.next()) {
                examples.add(rows.getString(1));
            }
        }
        return examples;
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}

package io.kvbackup.database.sqlite;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Tables {@code a}, {@code b} and {@code c} of key and value, others beside them, and what makes rows change by
 * themselves.
 */
final class RandomSchema {
    private static final List<String> TABLES = List.of("a", "b", "c");
    private static final String[] CONFLICTS = {"REPLACE", "IGNORE", "ROLLBACK", "FAIL", "ABORT"};
    private static final String[] ACTIONS = {"CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION"};
    private static final String[] MOMENTS = {"BEFORE INSERT", "AFTER INSERT", "BEFORE DELETE", "AFTER DELETE"};
    private static final int WORDS = 8;

    private final Random random;
    private final boolean enforced;
    private final List<String> statements = new ArrayList<>();

    RandomSchema(Random random) {
        this.random = random;
        this.enforced = random.nextBoolean();
        for (String table : TABLES) {
            statements.add("CREATE TABLE " + table + " (k BLOB PRIMARY KEY" + maybe(conflict()) + " NOT NULL"
                    + maybe(conflict())
                    + ", v BLOB NOT NULL" + maybe(conflict()) + maybe(" DEFAULT x'00'") + maybe(" UNIQUE" + conflict())
                    + maybe(" CHECK (v <> x'07')") + maybe(references()) + ")"
                    + one(" WITHOUT ROWID", " STRICT", " STRICT, WITHOUT ROWID", ""));
        }
        statements.add(
                "CREATE TABLE other (id INTEGER PRIMARY KEY AUTOINCREMENT, r BLOB DEFAULT x'00'" + references() + ")");
        statements.add("CREATE TABLE log (id INTEGER PRIMARY KEY AUTOINCREMENT, what)");
        statements.add("CREATE VIEW seen AS SELECT * FROM a");
        statements.add("CREATE TRIGGER instead INSTEAD OF DELETE ON seen BEGIN DELETE FROM b; END");
        statements.add("CREATE INDEX parts ON b (v) WHERE v > x'04'");
        statements.add("CREATE UNIQUE INDEX computed ON c (v || '', k)");
        for (int i = random.nextInt(4); i > 0; i--) {
            statements.add(
                    "CREATE TRIGGER t" + i + " " + one(MOMENTS) + " ON " + table() + " BEGIN " + reaction() + "; END");
        }
    }

    private String reaction() {
        return one(
                "INSERT INTO log (what) VALUES ('x')",
                "DELETE FROM log",
                "DELETE FROM " + table(),
                "INSERT OR REPLACE INTO " + table() + " VALUES (x'01', x'02')",
                "UPDATE " + table() + " SET v = x'03'",
                "DELETE FROM other",
                "SELECT RAISE(IGNORE)");
    }

    private String references() {
        return " REFERENCES " + table() + "(k) ON DELETE " + one(ACTIONS) + maybe(" DEFERRABLE INITIALLY DEFERRED");
    }

    private String conflict() {
        return " ON CONFLICT " + one(CONFLICTS);
    }

    private String maybe(String part) {
        return random.nextInt(3) == 0 ? part : "";
    }

    private String one(String... parts) {
        return parts[random.nextInt(parts.length)];
    }

    private String table() {
        return one(TABLES.toArray(String[]::new));
    }

    boolean enforced() {
        return enforced;
    }

    String[] statements() {
        return statements.toArray(String[]::new);
    }

    static byte[] word(Random random) {
        return new byte[] {(byte) random.nextInt(WORDS)};
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes).toUpperCase(Locale.ROOT);
    }

    /** Rows that the schema takes; what it refuses is left out. */
    void fill(SqliteHost host, Random words) throws SQLException {
        for (int i = 0; i < 60; i++) {
            String table = one("a", "b", "c", "other");
            String row = "x'" + hex(word(words)) + "', x'" + hex(word(words)) + "'";
            try {
                host.run(
                        table.equals("other")
                                ? "INSERT INTO other (r) VALUES (x'" + hex(word(words)) + "')"
                                : "INSERT INTO " + table + " VALUES (" + row + ")");
            } catch (SQLException e) {
                // Refused.
            }
        }
    }
}

package io.kvbackup.database.sqlite;

import io.kvbackup.database.Database;
import io.kvbackup.database.contract.AnyBytes;
import io.kvbackup.database.contract.EveryValueContract;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** Everything that SQLite can hold in columns of text, of bytes and without a type. */
class SqliteEveryValueTest {
    private static final String[] OTHERS = {
        "NULL",
        "0",
        "-1",
        "9223372036854775807",
        "9007199254740993",
        "1.5",
        "-0.0",
        "9e999",
        "-9e999",
        "1e300",
        "zeroblob(70000)",
        "'1'",
        "' 1'",
        "'1.0'",
        "'1e3'",
        "'9007199254740993'",
        "char(0, 97, 0)",
        "''",
        "x''",
        "'a ' COLLATE RTRIM"
    };

    @Nested
    class InUtf8 extends FileContract {
        InUtf8() {
            super(
                    "UTF-8",
                    Map.of(
                            "texts", "k TEXT PRIMARY KEY, v TEXT",
                            "strict", "k TEXT PRIMARY KEY NOT NULL, v BLOB",
                            "typeless", "k PRIMARY KEY, v",
                            "blobs", "v VARCHAR(3), k BLOB COLLATE NOCASE PRIMARY KEY"));
        }
    }

    @Nested
    class InUtf16 extends FileContract {
        InUtf16() {
            super("UTF-16le", Map.of("strict", "k BLOB PRIMARY KEY, v BLOB", "typeless", "k PRIMARY KEY, v"));
        }
    }

    abstract static class FileContract implements EveryValueContract {
        private final String encoding;
        private final Map<String, String> tables;

        @TempDir
        private Path folder;

        private SqliteHost host;
        private Database database;

        FileContract(String encoding, Map<String, String> tables) {
            this.encoding = encoding;
            this.tables = tables;
        }

        @BeforeEach
        void open() throws SQLException {
            host = new SqliteHost(folder.resolve("db"), encoding);
            for (Map.Entry<String, String> table : tables.entrySet()) {
                String name = table.getKey();
                host.run("CREATE TABLE " + name + " (" + table.getValue() + ")"
                        + (name.equals("strict")
                                ? "STRICT, WITHOUT ROWID"
                                : name.equals("texts") ? "WITHOUT ROWID" : ""));
            }
            database = SqliteDatabase.of("d", host.file());
        }

        @AfterEach
        void close() throws SQLException {
            host.close();
        }

        @Override
        public Database database() {
            return database;
        }

        @Override
        public void writeAnything(Random random) throws SQLException {
            boolean anyClass = random.nextInt(3) == 0;
            AnyBytes bytes = new AnyBytes(random);
            for (String table : tables.keySet()) {
                host.run("DELETE FROM " + table);
                for (int i = random.nextInt(30); i > 0; i--) {
                    String key = value(bytes, random, anyClass, table, "k");
                    String value = value(bytes, random, anyClass, table, "v");
                    try {
                        host.run("INSERT INTO " + table + " (k, v) VALUES (" + key + ", " + value + ")");
                    } catch (SQLException e) {
                        // There already, or not of the type that a strict table wants.
                    }
                }
            }
        }

        private String value(AnyBytes bytes, Random random, boolean anyClass, String table, String column) {
            if (anyClass && random.nextInt(6) == 0) {
                return OTHERS[random.nextInt(OTHERS.length)];
            }
            boolean text = tables.get(table).matches(".*\\b" + column + " (TEXT|VARCHAR).*");
            String literal = "x'" + RandomSchema.hex(bytes.next(AnyBytes.LONG)) + "'";
            return text ? "CAST(" + literal + " AS TEXT)" : literal;
        }

        @Override
        public Object liveState() throws SQLException {
            Map<String, ?> dump = host.dump();
            dump.remove("schema");
            return dump;
        }
    }
}

package io.kvbackup.database.sqlite;

import static io.kvbackup.database.contract.DatabaseContents.entries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.contract.DatabaseContents;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever a schema does by itself: a restore brings exactly what it was given and changes nothing else, or fails and
 * changes nothing.
 */
class SqliteSideEffectsTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"REPLACE", "IGNORE", "ROLLBACK", "FAIL", "ABORT"})
    void t28_aConflictClauseDropsNoRows(String clause) throws Exception {
        try (SqliteHost host = new SqliteHost(folder.resolve(clause))) {
            host.run("CREATE TABLE t (k BLOB PRIMARY KEY ON CONFLICT " + clause + ", v BLOB UNIQUE ON CONFLICT "
                    + clause + " CHECK (v <> x'00'))");
            host.run("INSERT INTO t VALUES (x'01', x'01')");
            assertThatThrownBy(() -> DatabaseContents.restore(
                            host.database(false), blobs("t"), Map.of("t", entries("a", "same", "b", "same"))))
                    .isInstanceOf(IOException.class)
                    .hasMessageContainingAll("nothing was changed", "UNIQUE");
            assertThat(host.rows("SELECT hex(k), hex(v) FROM t")).containsExactly("01 01 ");
        }
    }

    @Test
    void triggersDoNotRunAndAreThereAfterwardsWhetherItSucceedsOrNot() throws Exception {
        try (SqliteHost host = new SqliteHost(folder.resolve("db"));
                OneConnection pool = new OneConnection(host.file(), true)) {
            host.run(
                    "CREATE TABLE \"my t\" (k BLOB PRIMARY KEY, v BLOB UNIQUE)",
                    "CREATE TABLE log (what)",
                    "CREATE TRIGGER IF NOT EXISTS main.\"in s\"\"ert\" AFTER INSERT ON \"my t\" BEGIN INSERT INTO "
                            + "log VALUES ('in'); END",
                    "CREATE TRIGGER del BEFORE DELETE ON \"my t\" WHEN 1 BEGIN SELECT RAISE(IGNORE); END",
                    "INSERT INTO \"my t\" VALUES (x'01', x'01')");
            // Those of the connection, on a table of the same name even.
            pool.run("CREATE TEMP TRIGGER late AFTER DELETE ON main.\"my t\" BEGIN DELETE FROM log; END");
            var before = host.dump();
            SqliteDatabase database = SqliteDatabase.of("d", pool, "my t");
            assertThatThrownBy(() -> DatabaseContents.restore(
                            database, blobs("my t"), Map.of("my t", entries("a", "same", "b", "same"))))
                    .hasMessageContaining("nothing was changed");
            assertThat(host.dump()).isEqualTo(before);

            DatabaseContents.restore(database, blobs("my t"), Map.of("my t", entries("a", "1")));
            before.put("my t", List.of("blob 61 blob 31 "));
            assertThat(host.dump()).isEqualTo(before);
            assertThat(pool.text("SELECT group_concat(name) FROM temp.sqlite_schema"))
                    .isEqualTo("late");
            pool.run("INSERT INTO \"my t\" VALUES (x'02', x'02')");
            assertThat(host.rows("SELECT * FROM log")).containsExactly("in ", "in ");
        }
    }

    @Test
    void tablesThatSqliteKeepsForItselfAreNoSets() throws Exception {
        try (SqliteHost host = new SqliteHost(folder.resolve("db"))) {
            host.run("CREATE VIRTUAL TABLE docs USING fts5(body)");
            for (String table : new String[] {"docs", "docs_config"}) {
                assertThatThrownBy(() -> host.database(false, table).openSnapshot())
                        .hasMessageContainingAll("table " + table, "SqliteFile");
            }
        }
    }

    @Test
    void generatedSchemasDoNothingElseThanARestoreAsksFor() throws Exception {
        runs(20_260_601, 10);
    }

    @Test
    @Tag("thorough")
    void moreGeneratedSchemasDoNothingElseThanARestoreAsksFor() throws Exception {
        runs(20_260_601, 60);
    }

    @Test
    @Tag("soak")
    void manyGeneratedSchemasDoNothingElseThanARestoreAsksFor() throws Exception {
        runs(new Random().nextLong(), 5_000);
    }

    private void runs(long firstSeed, int rounds) throws Exception {
        int succeeded = 0;
        for (int i = 0; i < rounds; i++) {
            succeeded += run(firstSeed + i) ? 1 : 0;
        }
        // Neither all nor nothing, or the schemas are not what they should be.
        assertThat(succeeded).as("from seed %d", firstSeed).isBetween(rounds / 10, rounds * 9 / 10);
    }

    private boolean run(long seed) throws Exception {
        Random random = new Random(seed);
        try (SqliteHost host = new SqliteHost(folder.resolve(seed + ".db"))) {
            RandomSchema schema = new RandomSchema(random);
            host.run(schema.statements());
            host.run(
                    "PRAGMA recursive_triggers = " + random.nextBoolean(),
                    "PRAGMA foreign_keys = " + schema.enforced());
            schema.fill(host, random);
            SqliteDatabase database = host.database(schema.enforced(), "a", "b", "c");
            var present = DatabaseContents.of(database);
            var before = host.dump();
            // What is there can always be restored.
            DatabaseContents.restore(database, blobs("c", "a", "b"), present);
            assertThat(host.dump()).as("seed %d: restored as it is", seed).isEqualTo(before);

            Map<String, NavigableMap<byte[], byte[]>> content = someOf(present, random);
            List<String> violations = violations(host);
            Map<String, List<String>> expected = new TreeMap<>(before);
            boolean restored = true;
            try {
                DatabaseContents.restore(database, blobs(content.keySet().toArray(String[]::new)), content);
                content.forEach((set, rows) -> expected.put(set, rowsOf(rows)));
            } catch (IOException e) {
                assertThat(e).as("seed %d", seed).hasMessageContaining("nothing was changed");
                restored = false;
            }
            assertThat(host.dump()).as("seed %d: restored %s", seed, restored).isEqualTo(expected);
            if (schema.enforced() && violations.isEmpty()) {
                assertThat(violations(host)).as("seed %d", seed).isEmpty();
            }
            return restored;
        }
    }

    private static List<String> violations(SqliteHost host) throws SQLException {
        return host.rows("PRAGMA foreign_key_check");
    }

    private static List<String> rowsOf(NavigableMap<byte[], byte[]> entries) {
        List<String> rows = new ArrayList<>();
        entries.forEach(
                (key, value) -> rows.add("blob " + RandomSchema.hex(key) + " blob " + RandomSchema.hex(value) + " "));
        return rows;
    }

    private static Map<String, NavigableMap<byte[], byte[]>> someOf(
            Map<String, NavigableMap<byte[], byte[]>> present, Random random) {
        Map<String, NavigableMap<byte[], byte[]>> some = new TreeMap<>();
        for (String set : List.of("a", "b", "c")) {
            if (random.nextInt(3) > 0) {
                NavigableMap<byte[], byte[]> entries = DatabaseContents.empty();
                present.get(set).forEach((key, value) -> {
                    if (random.nextInt(4) > 0) {
                        entries.put(key, value);
                    }
                });
                if (random.nextBoolean()) {
                    entries.put(RandomSchema.word(random), RandomSchema.word(random));
                }
                some.put(set, entries);
            }
        }
        return some;
    }

    private static DatabaseBackup blobs(String... sets) {
        return DatabaseBackup.of(
                "d",
                Arrays.stream(sets)
                        .map(set -> new SetBackup(set, Encoding.BINARY, Encoding.BINARY))
                        .toArray(SetBackup[]::new));
    }
}

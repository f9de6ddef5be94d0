package io.kvbackup.database.sqlite;

import static io.kvbackup.database.contract.DatabaseContents.entries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.contract.DatabaseContents;
import io.kvbackup.model.DatabaseBackup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.NavigableMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What references between tables do to a restore, and it to them. */
class SqliteForeignKeysTest {
    private static final String WITHOUT_ROWID = " WITHOUT ROWID";

    @TempDir
    private Path folder;

    private SqliteHost host;

    @BeforeEach
    void open() throws SQLException {
        host = new SqliteHost(folder.resolve("db"));
        host.run("CREATE TABLE parent (k TEXT PRIMARY KEY NOT NULL, v TEXT NOT NULL)" + WITHOUT_ROWID);
    }

    @AfterEach
    void close() throws SQLException {
        host.close();
    }

    private void family(String action) throws SQLException {
        String references = " REFERENCES parent(k) ON DELETE " + action + " ON UPDATE " + action;
        host.run(
                "CREATE TABLE child (k TEXT PRIMARY KEY NOT NULL, v TEXT" + references + ")" + WITHOUT_ROWID,
                "CREATE TABLE other (id INTEGER PRIMARY KEY AUTOINCREMENT, p TEXT DEFAULT 'none'" + references
                        + ", note)",
                "INSERT INTO parent VALUES ('p1', 'x'), ('p2', 'y')",
                "INSERT INTO child VALUES ('c1', 'p1'), ('c2', 'p2')",
                "INSERT INTO other VALUES (5, 'p1', 1), (9, 'p2', 2)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION"})
    void aRestoreOfParentAndChildSucceedsInAnyOrderAndLeavesOthersAlone(String action) throws Exception {
        family(action);
        var before = host.dump();
        for (boolean enforced : new boolean[] {true, false}) {
            for (String[] order : new String[][] {{"parent", "child"}, {"child", "parent"}}) {
                SqliteDatabase database = host.database(enforced, order);
                var copy = DatabaseContents.of(database);
                host.run("UPDATE child SET v = NULL", "DELETE FROM child", "UPDATE parent SET v = 'z'");
                restore(database, copy);
                assertThat(host.dump()).as(action + enforced).isEqualTo(before);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPartThatWouldBreakReferencesIsRefusedWithNothingChanged(boolean enforced) throws Exception {
        family("CASCADE");
        var before = host.dump();
        // Child c2 and other 9 would lose their parent.
        assertBreaks(host.database(enforced, "parent"), Map.of("parent", entries("p1", "x")), "child", "'p2'");
        assertBreaks(host.database(enforced, "child"), Map.of("child", entries("c1", "p7")), "parent", "'p7'");
        // Both are restored, but not the third.
        assertBreaks(
                host.database(enforced, "parent", "child"),
                Map.of("parent", entries("p1", "x"), "child", entries("c1", "p1")),
                "other",
                "'p2'");
        assertThat(host.dump()).isEqualTo(before);
    }

    @Test
    void rowsThatReferToNothingComeBackWhereReferencesAreNotEnforced() throws Exception {
        family("CASCADE");
        host.run("DELETE FROM other");
        Map<String, NavigableMap<byte[], byte[]>> orphans =
                Map.of("parent", entries("p1", "x"), "child", entries("c1", "p1", "c7", "p7"));

        assertBreaks(host.database(true, "parent", "child"), orphans, "do not enforce", "'p7'");
        restore(host.database(false, "parent", "child"), orphans);
        assertThat(DatabaseContents.of(host.database(false, "child")).get("child"))
                .hasSize(2);
        // They were there before: that is not the next restore's doing.
        restore(host.database(true, "parent", "child"), orphans);
        restore(host.database(true, "parent"), Map.of("parent", entries("p1", "other")));
        assertBreaks(host.database(true, "parent"), Map.of("parent", entries()), "'p1'");
    }

    /** Its other half is not among the keys, though its table is among those restored. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void someRowsOfBothTablesMustNotBreakReferencesEither(boolean enforced) throws Exception {
        family("CASCADE");
        host.run("DELETE FROM other");
        SqliteDatabase database = host.database(enforced, "parent", "child");
        DatabaseBackup header;
        try (DatabaseSnapshot snapshot = database.openSnapshot()) {
            header = snapshot.header();
        }
        host.run("DELETE FROM child", "DELETE FROM parent WHERE k = 'p2'");
        var before = host.dump();
        try (DatabaseRestore restore = database.beginPartialRestore(
                        header, KeyRange.startingWith("c".getBytes(StandardCharsets.UTF_8)))
                .orElseThrow()) {
            DatabaseContents.push(entries("c1", "p1", "c2", "p2"), restore.set("child"));
            DatabaseContents.push(entries("p1", "x", "p2", "y"), restore.set("parent"));
            assertThatThrownBy(restore::commit)
                    .isInstanceOf(IOException.class)
                    .hasMessageContainingAll("nothing was changed", "foreign key", "'p2'", "whole");
        }
        assertThat(host.dump()).isEqualTo(before);
    }

    @Test
    void referencesAreComparedAsSqliteComparesThem() throws Exception {
        host.run(
                "CREATE TABLE nocase (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE UNIQUE, n INTEGER UNIQUE)",
                "CREATE TABLE child (k BLOB PRIMARY KEY, v TEXT REFERENCES NOCASE (NAME))",
                "CREATE TABLE numbers (k BLOB PRIMARY KEY, v TEXT REFERENCES nocase (n))",
                "CREATE TABLE itself (k TEXT PRIMARY KEY, v TEXT REFERENCES itself)",
                "CREATE TABLE broken (k TEXT PRIMARY KEY, v TEXT REFERENCES nowhere)",
                "CREATE TABLE two (a TEXT REFERENCES itself, b TEXT, FOREIGN KEY (a, b) REFERENCES pairs)",
                "CREATE TABLE pairs (a TEXT, b TEXT, PRIMARY KEY (b, a))",
                "INSERT INTO nocase VALUES (1, 'Upper', 15)");
        restore(host.database(true, "child"), Map.of("child", entries("a", "uPPER")));
        restore(host.database(true, "numbers"), Map.of("numbers", entries("a", "15")));
        restore(host.database(true, "itself"), Map.of("itself", entries("a", "b", "b", "a")));
        assertBreaks(host.database(true, "itself"), Map.of("itself", entries("a", "c")), "'c'");
        assertBreaks(host.database(true, "numbers"), Map.of("numbers", entries("a", "16")), "'16'");
        // SQLite itself cannot enforce this one.
        restore(host.database(true, "broken"), Map.of("broken", entries("a", "b")));
        host.run("INSERT INTO pairs VALUES ('x', 'y')", "PRAGMA foreign_keys = OFF");
        host.run("INSERT INTO two VALUES (NULL, 'gone'), ('a', NULL)");
        assertBreaks(host.database(false, "itself"), Map.of("itself", entries()), "two", "'a'");
    }

    @Test
    void theConnectionOfAPoolIsGivenBackAsItWas() throws Exception {
        family("CASCADE");
        try (OneConnection pool = new OneConnection(host.file(), true)) {
            SqliteDatabase database = SqliteDatabase.of("d", pool, "parent", "child");
            restore(database, DatabaseContents.of(database));
            assertThat(pool.text("PRAGMA foreign_keys")).isEqualTo("1");
            assertBreaks(database, Map.of("parent", entries()), "'p1'");
            assertThat(pool.text("PRAGMA foreign_keys")).isEqualTo("1");
            assertThat(pool.text("SELECT count(*) FROM temp.sqlite_schema")).isEqualTo("0");
        }
    }

    @Test
    void connectionsThatAreNotInAutoCommitModeAreRefused() throws Exception {
        try (OneConnection pool = new OneConnection(host.file(), true)) {
            pool.getConnection().setAutoCommit(false);
            assertThatThrownBy(() -> SqliteDatabase.of("d", pool, "parent").openSnapshot())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("auto-commit");
        }
    }

    private static void assertBreaks(
            SqliteDatabase database, Map<String, NavigableMap<byte[], byte[]>> sets, String... parts) {
        assertThatThrownBy(() -> restore(database, sets))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nothing was changed")
                .hasMessageContaining("foreign key")
                .hasMessageContainingAll(parts);
    }

    private static void restore(SqliteDatabase database, Map<String, NavigableMap<byte[], byte[]>> sets)
            throws IOException {
        DatabaseBackup header;
        try (DatabaseSnapshot snapshot = database.openSnapshot()) {
            header = snapshot.header();
        }
        DatabaseContents.restore(
                database,
                header.withSets(header.sets().values().stream()
                        .filter(set -> sets.containsKey(set.name()))
                        .toList()),
                sets);
    }
}

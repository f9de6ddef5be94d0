package io.kvbackup.database.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.ChangeGapException;
import io.kvbackup.database.ChangeLog;
import io.kvbackup.database.ChangeReader;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.contract.ChangeModel;
import io.kvbackup.database.contract.DatabaseContents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteChangeLogTest {
    @TempDir
    private Path folder;

    private SqliteHost host;

    @BeforeEach
    void open() throws Exception {
        host = new SqliteHost(folder.resolve("d.db"));
        host.run(
                "CREATE TABLE t (k TEXT PRIMARY KEY NOT NULL, v TEXT NOT NULL) WITHOUT ROWID",
                "CREATE TABLE other (id INTEGER PRIMARY KEY, k TEXT REFERENCES t(k), x, y)",
                "INSERT INTO t VALUES ('a', '1'), ('b', '2')");
    }

    @AfterEach
    void close() throws Exception {
        host.close();
    }

    private SqliteDatabase database() throws IOException {
        return SqliteDatabase.of("d", host.file(), "t").withChangeLog();
    }

    private ChangeLog log() throws IOException {
        return database().changeLog().orElseThrow();
    }

    private static Map<String, String> read(ChangeReader reader) throws IOException {
        Map<String, String> changes = new TreeMap<>();
        ChangeModel model = ChangeModel.startingWith(Map.of());
        model.readAll(reader);
        model.entries("t").forEach((key, value) -> changes.put(new String(key, UTF_8), new String(value, UTF_8)));
        return changes;
    }

    @Test
    void whatEveryStatementChangesIsNoted() throws Exception {
        ChangeLog log = log();
        ChangeModel model = ChangeModel.startingWith(Map.of("t", DatabaseContents.entries("a", "1", "b", "2")));
        try (ChangeReader reader = log.open(log.position())) {
            for (String statement : new String[] {
                "INSERT INTO t VALUES ('c', '3'), ('d', '4')",
                "INSERT OR REPLACE INTO t VALUES ('a', 'replaced')",
                "INSERT INTO t VALUES ('a', 'x') ON CONFLICT (k) DO UPDATE SET v = 'upserted'",
                "UPDATE t SET k = 'moved' WHERE k = 'b'",
                "UPDATE OR REPLACE t SET k = 'c' WHERE k = 'd'",
                "UPDATE t SET v = v || '!'",
                "DELETE FROM t WHERE k = 'a'",
                "DELETE FROM t",
                "INSERT INTO t VALUES ('', '')"
            }) {
                host.run(statement);
                assertThat(model.readAll(reader)).as(statement).isEqualTo(1);
                assertThat(model.entries("t").keySet().stream().map(key -> new String(key, UTF_8)))
                        .as(statement)
                        .containsExactlyElementsOf(host.rows("SELECT k FROM t ORDER BY k").stream()
                                .map(String::strip)
                                .toList());
            }
        }
    }

    @Test
    void whatIsRolledBackIsNotNoted() throws Exception {
        ChangeLog log = log();
        try (ChangeReader reader = log.open(log.position())) {
            host.run("BEGIN", "INSERT INTO t VALUES ('c', '3')", "ROLLBACK");
            assertThat(read(reader)).isEmpty();
            host.run("BEGIN", "INSERT INTO t VALUES ('c', '3')", "COMMIT");
            assertThat(read(reader)).containsOnlyKeys("c");
        }
    }

    @Test
    void deletionsByForeignKeysAreNoted() throws Exception {
        host.run(
                "CREATE TABLE child (k TEXT PRIMARY KEY NOT NULL REFERENCES t(k) ON DELETE CASCADE, v TEXT NOT NULL)",
                "INSERT INTO child VALUES ('a', 'child')",
                "PRAGMA foreign_keys = ON");
        ChangeLog log = SqliteDatabase.of("d", host.file(), "t", "child")
                .withChangeLog()
                .changeLog()
                .orElseThrow();
        ChangeModel model = ChangeModel.startingWith(Map.of("child", DatabaseContents.entries("a", "child")));
        try (ChangeReader reader = log.open(log.position())) {
            host.run("DELETE FROM t WHERE k = 'a'");
            model.readAll(reader);
            assertThat(model.entries("child")).isEmpty();
        }
    }

    @Test
    void aRestartGoesOnWithTheSameHistory() throws Exception {
        ChangeLog first = log();
        host.run("INSERT INTO t VALUES ('c', '3')");
        long position = first.position();
        byte[] proof = first.proof(position);
        host.run("INSERT INTO t VALUES ('d', '4')");

        ChangeLog second = log();
        assertThat(second.history()).isEqualTo(first.history());
        assertThat(second.proof(position)).isEqualTo(proof);
        try (ChangeReader reader = second.open(position)) {
            assertThat(read(reader)).containsOnlyKeys("d");
        }
    }

    @Test
    void sameNumbersOfOtherWritesHaveAnotherProof() throws Exception {
        ChangeLog log = log();
        Path older = folder.resolve("older.db");
        host.run("VACUUM INTO '" + older + "'");
        host.run("INSERT INTO t VALUES ('c', 'lost')");
        long position = log.position();
        byte[] proof = log.proof(position);
        ChangeReader reader = log.open(position);
        host.close();
        for (String suffix : new String[] {"", "-wal", "-shm"}) {
            Files.deleteIfExists(Path.of(host.file() + suffix));
        }
        Files.move(older, host.file(), StandardCopyOption.REPLACE_EXISTING);
        host = new SqliteHost(host.file());
        host.run("INSERT INTO t VALUES ('c', 'lost')");

        ChangeLog again = log();
        assertThat(again.history()).isEqualTo(log.history());
        if (again.position() == position) {
            assertThat(again.proof(position)).isNotEqualTo(proof);
        }
        assertThatThrownBy(() -> read(reader)).isInstanceOf(ChangeGapException.class);
        reader.close();
    }

    @Test
    void aTriggerThatIsGoneIsAGap() throws Exception {
        ChangeLog log = log();
        try (ChangeReader reader = log.open(log.position())) {
            host.run("DROP TRIGGER kvbackup_changes_INSERT_t", "INSERT INTO t VALUES ('c', 'unseen')");
            assertThatThrownBy(() -> read(reader))
                    .isInstanceOf(ChangeGapException.class)
                    .hasMessageContaining("schema");
        }
        long position = log.position();
        try (ChangeReader reader = log.open(position)) {
            host.run("INSERT INTO t VALUES ('d', 'seen')");
            assertThat(read(reader)).containsOnlyKeys("d");
        }
        assertThatThrownBy(() -> log.open(position - 1)).isInstanceOf(ChangeGapException.class);
    }

    @Test
    void aTableWithAnotherUniqueIndexIsRefused() throws Exception {
        host.run("CREATE UNIQUE INDEX values_of_t ON t (v)");

        assertThatThrownBy(this::database)
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("table t", "values_of_t");
        assertThat(host.rows("SELECT name FROM sqlite_schema WHERE name LIKE 'kvbackup%'"))
                .isEmpty();
    }

    @Test
    void notesThatWereReadAreDropped() throws Exception {
        ChangeLog log = log();
        try (ChangeReader reader = log.open(log.position())) {
            host.run("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25000)"
                    + " INSERT INTO t SELECT 'n' || i, i FROM n");
            assertThat(read(reader)).hasSize(25_000);
            host.run("INSERT INTO t VALUES ('z', 'last')");
            assertThat(read(reader)).containsOnlyKeys("z");
        }
        long left = Long.parseLong(
                host.rows("SELECT count(*) FROM kvbackup_changes").get(0).strip());
        assertThat(left).isBetween(10_000L, 11_000L);
        assertThatThrownBy(() -> log.open(10)).isInstanceOf(ChangeGapException.class);
        assertThat(log.proof(log.position())).hasSize(32);
    }

    @Test
    void ownTablesAreNoSets() throws Exception {
        host.run("DROP TABLE other");
        SqliteDatabase all = SqliteDatabase.of("d", host.file()).withChangeLog();

        try (DatabaseSnapshot snapshot = all.openSnapshot()) {
            assertThat(snapshot.header().sets()).containsOnlyKeys("t");
            assertThat(snapshot.changes()).isPresent();
        }
    }
}

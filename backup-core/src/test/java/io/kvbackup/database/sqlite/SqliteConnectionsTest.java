package io.kvbackup.database.sqlite;

import static io.kvbackup.database.contract.DatabaseContents.entries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Database.Place;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.contract.DatabaseContents;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteDataSource;

/** What hosts do with connections, and to tables, while a restore is under way. */
class SqliteConnectionsTest {
    private static final DatabaseBackup HEADER =
            DatabaseBackup.of("d", new SetBackup("t", Encoding.BINARY, Encoding.BINARY));

    @TempDir
    private Path folder;

    private SqliteHost host;

    @BeforeEach
    void open() throws SQLException {
        host = new SqliteHost(folder.resolve("db"));
        host.run("CREATE TABLE t (k BLOB PRIMARY KEY NOT NULL, v BLOB)", "INSERT INTO t VALUES (x'61', x'31')");
    }

    @AfterEach
    void close() throws SQLException {
        host.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE t ADD COLUMN more TEXT NOT NULL DEFAULT 'none'",
                "ALTER TABLE t RENAME COLUMN v TO w",
                "ALTER TABLE t RENAME TO u",
                "DROP TABLE t; CREATE TABLE t (k TEXT PRIMARY KEY, v BLOB)",
                "DROP TABLE t; CREATE TABLE t (k BLOB, v BLOB PRIMARY KEY)"
            })
    void aTableThatIsDeclaredOtherwiseMeanwhileIsNotRestored(String change) throws Exception {
        try (DatabaseRestore restore = host.database(true, "t").beginRestore(HEADER)) {
            DatabaseContents.push(entries("a", "2"), restore.set("t"));
            host.run(change.split(";"));
            var before = host.dump();

            assertThatThrownBy(restore::commit)
                    .isInstanceOf(IOException.class)
                    .hasMessageContainingAll("nothing was changed", "t");
            assertThat(host.dump()).isEqualTo(before);
        }
    }

    @Test
    void aCommitOutlastsALossOfPowerWhateverTheConnectionWasSetTo() throws Exception {
        try (OneConnection pool = new OneConnection(host.file(), true)) {
            for (String mode : new String[] {"0", "1", "2", "3"}) {
                pool.run("PRAGMA synchronous = " + mode);
                List<String> levels = new ArrayList<>();
                SqliteDatabase database = SqliteDatabase.of("d", pool, "t").withSteps(step -> {
                    try {
                        levels.add(pool.text("PRAGMA synchronous"));
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                });
                DatabaseContents.restore(database, HEADER, DatabaseContents.of(database));

                assertThat(levels.subList(1, levels.size())).as(mode).containsOnly(mode.equals("3") ? "3" : "2");
                assertThat(pool.text("PRAGMA synchronous")).isEqualTo(mode);
            }
        }
    }

    @Test
    void whatALastRestoreLeftInAPooledConnectionIsNoObstacle() throws Exception {
        try (OneConnection pool = new OneConnection(host.file(), true)) {
            pool.run("CREATE TEMP TABLE kvbackup_staged_0 (other)");
            pool.run("CREATE TEMP TABLE t (k, v)");
            SqliteDatabase database = SqliteDatabase.of("d", pool, "t");
            DatabaseContents.restore(database, HEADER, Map.of("t", entries("b", "2")));

            assertThat(host.rows("SELECT CAST(k AS TEXT), CAST(v AS TEXT) FROM t"))
                    .containsExactly("b 2 ");
        }
    }

    @Test
    void aDataSourceTellsWhereTheDatabaseLies() throws Exception {
        assertThat(host.database(true, "t").places())
                .singleElement()
                .extracting(Place::path)
                .satisfies(path ->
                        assertThat(path.toRealPath()).isEqualTo(host.file().toRealPath()));
        SQLiteDataSource memory = new SQLiteDataSource();
        memory.setUrl("jdbc:sqlite::memory:");
        assertThat(SqliteDatabase.of("d", memory).places()).isEmpty();
        SQLiteDataSource missing = new SQLiteDataSource();
        missing.setUrl("jdbc:sqlite:" + folder.resolve("no/such/db"));
        assertThat(SqliteDatabase.of("d", missing).places()).isEmpty();
    }
}

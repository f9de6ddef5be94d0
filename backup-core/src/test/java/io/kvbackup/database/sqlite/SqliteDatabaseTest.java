package io.kvbackup.database.sqlite;

import static io.kvbackup.database.contract.DatabaseContents.assertSame;
import static io.kvbackup.database.contract.DatabaseContents.entries;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.contract.DatabaseContents;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.NavigableMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sqlite.SQLiteDataSource;

class SqliteDatabaseTest {
    @TempDir
    private Path folder;

    private Path file;
    private Connection host;

    @BeforeEach
    void open() throws SQLException {
        file = folder.resolve("it's.db");
        host = DriverManager.getConnection("jdbc:sqlite:" + file + "?busy_timeout=100");
    }

    @AfterEach
    void close() throws SQLException {
        host.close();
    }

    @Test
    void textComesInByteOrderAndGoesBackAsText() throws Exception {
        sql("CREATE TABLE \"my \"\"table\" (\"the value\" TEXT, \"the key\" VARCHAR(20) PRIMARY KEY)");
        sql("INSERT INTO \"my \"\"table\" VALUES ('1', 'b'), ('2', 'B'), ('', ''), ('4', '\uD83D\uDE00'), ('5', "
                + "'\uFF21')");
        SqliteDatabase database = SqliteDatabase.of("d", file);
        var copy = DatabaseContents.of(database);
        assertSame(
                copy.get("my \"table"),
                entries("", "", "B", "2", "b", "1", "\uFF21", "5", "\uD83D\uDE00", "4"),
                "as read");
        try (DatabaseSnapshot snapshot = database.openSnapshot()) {
            assertThat(snapshot.header().sets().get("my \"table").keys()).isEqualTo(Encoding.TEXT);
            KeyRange range = new KeyRange(new byte[] {'b'}, new byte[] {(byte) 0xF0});
            assertSame(DatabaseContents.of(snapshot, "my \"table", range), entries("b", "1", "\uFF21", "5"), "range");
            sql("DELETE FROM \"my \"\"table\"");
        } catch (SQLException e) {
            // Without WAL the snapshot keeps writers from committing.
            assertThat(e.getMessage()).contains("BUSY");
        }
        restore(database, copy);
        assertThat(count("\"my \"\"table\" WHERE typeof(\"the key\") = 'text' AND typeof(\"the value\") = 'text'"))
                .isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "CREATE TABLE t (k INTEGER PRIMARY KEY, v BLOB); INTEGER",
                "CREATE TABLE t (k BLOB, v BLOB); primary key",
                "CREATE TABLE t (k BLOB PRIMARY KEY, v BLOB, w BLOB); two columns",
                "CREATE TABLE t (k BLOB, v BLOB, PRIMARY KEY (k, v)); primary key",
                "CREATE TABLE t (k TEXT COLLATE NOCASE PRIMARY KEY, v BLOB); NOCASE",
                "CREATE TABLE t (k BLOB PRIMARY KEY, v NUMERIC); NUMERIC",
                "CREATE TABLE t (k BLOB PRIMARY KEY, v BLOB AS (k)); generated"
            })
    void tablesOfAnotherShapeAreReportedWithTheReason(String table, String reason) throws SQLException {
        sql(table);
        assertThatThrownBy(() -> SqliteDatabase.of("d", file).openSnapshot())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("table t")
                .hasMessageContaining(reason)
                .hasMessageContaining("SqliteFile");
    }

    @Test
    void otherTablesAreLeftAloneWhenSomeAreChosen() throws Exception {
        sql("CREATE TABLE good (k BLOB PRIMARY KEY, v BLOB)");
        sql("CREATE TABLE other (id INTEGER PRIMARY KEY, x, y)");
        sql("INSERT INTO other VALUES (1, 2, 3)");
        SqliteDatabase database = SqliteDatabase.of("d", file, "good");
        restore(database, Map.of("good", entries("a", "1")));

        assertThat(count("good")).isEqualTo(1);
        assertThat(count("other")).isEqualTo(1);
        assertThatThrownBy(() -> SqliteDatabase.of("d", file, "absent").openSnapshot())
                .hasMessageContaining("absent")
                .hasMessageContaining("good");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {"NULL, x'00'", "5, x'00'", "CAST(x'61' AS TEXT), x'00'", "x'00', NULL", "x'00', 1.5"})
    void rowsOfAnotherStorageClassEndTheBackup(String key, String value) throws SQLException {
        sql("CREATE TABLE t (k BLOB PRIMARY KEY, v BLOB)");
        sql("INSERT INTO t VALUES (" + key + ", " + value + ")");
        assertThatThrownBy(() -> DatabaseContents.of(SqliteDatabase.of("d", file)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("table t")
                .hasMessageContaining("column says blob");
    }

    @Test
    void textInUtf16IsNotInByteOrderAndRefused() throws SQLException {
        sql("PRAGMA encoding = 'UTF-16'");
        sql("CREATE TABLE t (k TEXT PRIMARY KEY, v BLOB)");
        assertThatThrownBy(() -> SqliteDatabase.of("d", file).openSnapshot()).hasMessageContaining("UTF-16");
    }

    @Test
    void valuesInUtf16AreRefusedToo() throws SQLException {
        sql("PRAGMA encoding = 'UTF-16'");
        sql("CREATE TABLE t (k BLOB PRIMARY KEY, v TEXT)");
        assertThatThrownBy(() -> SqliteDatabase.of("d", file).openSnapshot())
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("table t", "its text is in UTF-16", "SqliteFile");
    }

    @Test
    void blobsInADatabaseOfUtf16AreBackedUp() throws Exception {
        sql("PRAGMA encoding = 'UTF-16'");
        sql("CREATE TABLE t (k BLOB PRIMARY KEY, v BLOB)");
        try (DatabaseSnapshot snapshot = SqliteDatabase.of("d", file).openSnapshot()) {
            assertThat(snapshot.header().sets()).containsKey("t");
        }
    }

    @Test
    void bytesThatAreNoTextAnywhereAreRefusedByTextColumns() throws Exception {
        sql("CREATE TABLE t (k TEXT PRIMARY KEY, v TEXT)");
        SqliteDatabase database = SqliteDatabase.of("d", file);
        DatabaseBackup binary = DatabaseBackup.of("d", new SetBackup("t", Encoding.BINARY, Encoding.BINARY));
        try (DatabaseRestore restore = database.beginRestore(binary)) {
            assertThatThrownBy(() -> restore.set("t").visit("k".getBytes(UTF_8), new byte[] {(byte) 0xFF}))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("UTF-8")
                    .hasMessageContaining("BLOB column");
        }
    }

    @Test
    void aPartOfATableDoesNotPassOverRowsThatABackupWouldRefuse() throws Exception {
        for (String type : new String[] {"BLOB", "TEXT"}) {
            for (String stray : new String[] {"NULL", "5", "x'ff'", "CAST(x'ff' AS TEXT)"}) {
                sql("CREATE TABLE t (k " + type + " PRIMARY KEY, v " + type + ")");
                sql("INSERT INTO t VALUES (" + stray + ", CAST(x'00' AS " + type + "))");
                boolean fits = count("t WHERE typeof(k) = lower('" + type + "')") == 1;
                assertReadable(fits, new KeyRange(new byte[0], new byte[] {1}), type + stray);
                assertReadable(fits, new KeyRange(new byte[] {1}, null), type + stray);
                sql("DROP TABLE t");
            }
        }
    }

    private void assertReadable(boolean readable, KeyRange range, String what) throws IOException {
        try (DatabaseSnapshot snapshot = SqliteDatabase.of("d", file).openSnapshot()) {
            Throwable thrown = catchThrowable(() -> snapshot.readEntries("t", range, (key, value) -> {}));
            assertThat(thrown == null).as(what + range).isEqualTo(readable);
        }
    }

    @Test
    void aMissingFileIsReportedAndNotCreated() {
        Path absent = folder.resolve("absent.db");
        assertThatThrownBy(() -> SqliteDatabase.of("d", absent).openSnapshot()).isInstanceOf(NoSuchFileException.class);
        assertThat(absent).doesNotExist();
    }

    @Test
    void aDataSourceWillDoAndItsConnectionsAreLeftClean() throws Exception {
        sql("CREATE TABLE t (k BLOB PRIMARY KEY, v BLOB)");
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + file);
        SqliteDatabase database = SqliteDatabase.of("d", source);
        restore(database, Map.of("t", entries("a", "1")));
        assertSame(DatabaseContents.of(database).get("t"), entries("a", "1"), "restored");
        assertThatCode(() -> sql("INSERT INTO t VALUES (x'00', x'00')")).doesNotThrowAnyException();
    }

    @Test
    void aWriterThatHoldsTheLockIsNamedAsTheReasonAndNothingChanges() throws Exception {
        sql("CREATE TABLE t (k BLOB PRIMARY KEY, v BLOB)");
        sql("INSERT INTO t VALUES (x'61', x'31')");
        SQLiteDataSource impatient = new SQLiteDataSource();
        impatient.setUrl("jdbc:sqlite:" + file);
        impatient.setBusyTimeout(1);
        SqliteDatabase database = SqliteDatabase.of("d", impatient);
        var header = DatabaseContents.of(database);
        sql("BEGIN IMMEDIATE");
        assertThatThrownBy(() -> restore(database, header))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nothing was changed")
                .hasMessageContaining("lock");
        sql("ROLLBACK");
        assertThat(count("t")).isEqualTo(1);
    }

    private static void restore(SqliteDatabase database, Map<String, NavigableMap<byte[], byte[]>> sets)
            throws IOException {
        DatabaseBackup header;
        try (DatabaseSnapshot snapshot = database.openSnapshot()) {
            header = snapshot.header();
        }
        DatabaseContents.restore(database, header, sets);
    }

    private void sql(String sql) throws SQLException {
        try (Statement statement = host.createStatement()) {
            statement.execute(sql);
        }
    }

    private int count(String from) throws SQLException {
        try (Statement statement = host.createStatement();
                var rows = statement.executeQuery("SELECT count(*) FROM " + from)) {
            return rows.getInt(1);
        }
    }
}

package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Database;
import io.kvbackup.database.directory.DirectoryDatabase;
import io.kvbackup.database.rocksdb.RocksDbCheckpoint;
import io.kvbackup.database.rocksdb.RocksDbDatabase;
import io.kvbackup.database.sqlite.SqliteFile;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.file.FileStorageClient;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

/** What somebody has put where restores of an engine work is still there afterwards, and said to be in the way. */
class ForeignFoldersTest {
    @TempDir
    private Path top;

    private Path live;

    /** Makes a database anew, as a host does when it starts. */
    @FunctionalInterface
    private interface Start {
        Database database() throws Exception;
    }

    @BeforeEach
    void somethingLive() throws IOException {
        live = Files.createDirectory(top.resolve("live"));
        Files.writeString(live.resolve("a"), "old");
    }

    @Test
    void besideAFolder() throws Exception {
        assertStays(top.resolve("live.kvbackup"), () -> DirectoryDatabase.of("data", live));
    }

    @Test
    void besideARocksDb() throws Exception {
        try (Options options = new Options().setCreateIfMissing(true);
                RocksDB db = RocksDB.open(options, top.resolve("db").toString())) {
            db.put(new byte[] {1}, new byte[] {2});
            assertStays(
                    top.resolve("db.kvbackup-orders"),
                    () -> RocksDbDatabase.builder("orders", db).build());
            assertStays(
                    top.resolve("restored.kvbackup"),
                    () -> RocksDbCheckpoint.of("orders", db, top.resolve("restored")));
        }
    }

    @Test
    void besideTheFolderThatAnSqliteFileIsRestoredInto() throws Exception {
        Path file = top.resolve("s.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("create table t (k text primary key, v text) without rowid");
        }
        assertStays(top.resolve("restored.kvbackup"), () -> SqliteFile.of("orders", file, top.resolve("restored")));
    }

    /** A store is what a host most likely has there. */
    private static void assertStays(Path place, Start start) throws Exception {
        try (StorageClient store = new FileStorageClient(place)) {
            store.upload("backups/data/x", ContentWriter.of(new byte[7]), PutCondition.none());
            store.upload("COMMIT", ContentWriter.of(new byte[7]), PutCondition.none());
            Files.delete(place.resolve("COMMIT"));
        }
        Map<String, Long> before = content(place);
        for (int i = 0; i < 2; i++) {
            Database database = start.database();
            assertThat(content(place)).as("when the host starts").isEqualTo(before);
            try (BackupManager manager = BackupManager.builder()
                    .storage(new MemoryStorageClient())
                    .database(database)
                    .build()) {
                String backup = manager.backupDatabase(database.name()).objectName();
                assertThatThrownBy(() -> manager.restoreDatabase(backup))
                        .isInstanceOf(FileAlreadyExistsException.class)
                        .hasMessageContaining(place.toString())
                        .hasMessageContaining("'" + database.name() + "'")
                        .hasMessageContaining("Move it elsewhere");
            }
            assertThat(content(place)).as("when somebody restores").isEqualTo(before);
        }
    }

    /** An earlier version, which wrote no marks, died between the two moves of a restore. */
    @Test
    void whatAnEarlierVersionHasDecidedIsCompletedAndItsRemainsStay() throws IOException {
        Path staging = Files.createDirectory(top.resolve("live.kvbackup"));
        Files.createFile(staging.resolve("LOCK"));
        Files.writeString(staging.resolve("COMMIT"), "kvbackup-restore 1\n");
        Files.writeString(Files.createDirectory(staging.resolve("tree")).resolve("a"), "new");
        Files.move(live, staging.resolve("old"));

        DirectoryDatabase.of("data", live);

        assertThat(live.resolve("a")).hasContent("new");
        assertThat(staging.resolve("old/a")).hasContent("old");
        assertThat(staging.resolve("COMMIT")).doesNotExist();
        DirectoryDatabase.of("data", live);
        assertThat(staging.resolve("old/a")).hasContent("old");
    }

    private static Map<String, Long> content(Path folder) throws IOException {
        Map<String, Long> sizes = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.toList()) {
                sizes.put(folder.relativize(each).toString(), Files.isDirectory(each) ? -1 : Files.size(each));
            }
        }
        return sizes;
    }
}

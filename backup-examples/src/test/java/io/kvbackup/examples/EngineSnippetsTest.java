package io.kvbackup.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.BackupManager;
import io.kvbackup.RestoreOptions;
import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.directory.ArchivedFile;
import io.kvbackup.database.directory.DirectoryDatabase;
import io.kvbackup.database.mvstore.MvStoreDatabase;
import io.kvbackup.database.rocksdb.RocksDbCheckpoint;
import io.kvbackup.database.sqlite.SqliteDatabase;
import io.kvbackup.database.sqlite.SqliteFile;
import io.kvbackup.model.Backup;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import javax.sql.DataSource;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.sqlite.SQLiteDataSource;

/** The snippets about engines other than maps and RocksDB, and about several of them together. */
class EngineSnippetsTest {
    private final MemoryStorageClient storage = new MemoryStorageClient();

    @TempDir
    private Path folder;

    @Test
    void describesEveryEngine() throws Exception {
        Path file = createTable(folder.resolve("metadata.db"));
        Path photosFolder = Files.createDirectory(folder.resolve("photos"));
        Path documentsFolder = Files.createDirectory(folder.resolve("documents"));
        Path fresh = folder.resolve("restored");
        try (MVStore store = MVStore.open(folder.resolve("store.mv").toString());
                Options options = new Options().setCreateIfMissing(true);
                RocksDB rocks = RocksDB.open(options, folder.resolve("rocks").toString())) {
            // region mvstore
            MVMap.Builder<String, String> types = new MVMap.Builder<>(); // as the host opens the map
            Database carts = MvStoreDatabase.builder("carts", store)
                    .set("items", types, Codec.utf8(), Codec.utf8()) // without codecs: as the map's data types write it
                    .build();
            MVMap<String, String> items = store.openMap("items", types);
            // endregion
            DataSource dataSource = source(file);
            // region sqlite
            Database metadata = SqliteDatabase.of("metadata", file); // every table; each is of key and value
            Database objects = SqliteDatabase.of("objects", dataSource, "objects"); // only this table
            // endregion
            // region sqlite-file
            Database metadataFile = SqliteFile.of("metadata-file", file, fresh); // the whole file, any tables
            // endregion
            Lock lock = new ReentrantLock();
            // region directory
            Database photos = DirectoryDatabase.of("photos", photosFolder);
            Database documents = DirectoryDatabase.builder("documents", documentsFolder)
                    .lock(lock) // your writers hold it too
                    .exclude(path -> path.endsWith("tmp"))
                    .build();
            // endregion
            // region checkpoint
            Database checkpoint = RocksDbCheckpoint.of("rocks", rocks, fresh); // RocksDB's own files, by hard links
            // endregion
            List<Database> all = List.of(carts, metadata, objects, photos, documents, metadataFile, checkpoint);
            items.put("a", "apple");
            for (Database database : all) {
                try (BackupManager manager = BackupManager.builder()
                        .storage(storage)
                        .database(database)
                        .build()) {
                    Backup backup = manager.backupDatabase(database.name());
                    manager.restoreDatabase(backup.objectName());
                }
                // Both physical ways restore into it here.
                Folders.delete(fresh);
            }
            assertThat(store.openMap("items", types)).containsEntry("a", "apple");
        }
    }

    @Test
    void listsAndRestoresSingleFiles() throws Exception {
        Path photos = Files.createDirectory(folder.resolve("photos"));
        Files.createDirectory(photos.resolve("2026"));
        Files.writeString(photos.resolve("2026/a.jpg"), "old");
        try (BackupManager manager = BackupManager.builder()
                .storage(storage)
                .database(DirectoryDatabase.of("photos", photos))
                .build()) {
            Backup backup = manager.backupDatabase("photos");
            Files.delete(photos.resolve("2026/a.jpg"));
            // region files
            manager.readEntries(
                    backup.objectName(), "photos", DirectoryDatabase.FILES, KeyRange.all(), (key, value) -> {
                        ArchivedFile file = ArchivedFile.of(key, value);
                        System.out.printf("%-6s %,12d %s%n", file.kind(), file.size(), file.path());
                    });

            RestoreOptions one = RestoreOptions.builder()
                    .keys(DirectoryDatabase.only("2026/a.jpg")) // below("2026"): all in a folder
                    .build();
            manager.restoreDatabase(backup.objectName(), one); // all other files stay as they are
            // endregion
        }
        assertThat(photos.resolve("2026/a.jpg")).hasContent("old");
    }

    /** An object store that keeps what it knows of objects in SQLite and their content in a folder. */
    @Test
    void backsUpSeveralEnginesInOneCut() throws Exception {
        Path file = createTable(folder.resolve("metadata.db"));
        Path buckets = Files.createDirectory(folder.resolve("buckets"));
        AtomicBoolean stop = new AtomicBoolean();
        // region together
        ReadWriteLock writes = new ReentrantReadWriteLock(); // your writers hold writes.readLock() for each change
        BackupManager manager = BackupManager.builder()
                .storage(storage)
                .database(SqliteDatabase.of("metadata", file))
                .database(DirectoryDatabase.of("buckets", buckets)) // its files are never changed, only added
                .barrier(writes.writeLock()) // no writer is under way while the snapshots are opened
                .build();
        // endregion
        Thread writer = new Thread(() -> writeObjects(file, buckets, writes.readLock(), stop));
        writer.start();
        try (manager) {
            for (int i = 0; i < 5; i++) {
                Backup all = manager.backupAllDatabases();
                assertSameObjects(all);
            }
            stop.set(true);
            writer.join();
            Backup last = manager.backupAllDatabases();
            Folders.delete(buckets);
            execute(file, "DELETE FROM objects");
            manager.restoreAllDatabases(last.objectName());
            assertThat(names(file)).isNotEmpty();
            for (String name : names(file)) {
                assertThat(buckets.resolve(name)).hasContent("content of " + name);
            }
        } finally {
            stop.set(true);
            writer.join();
        }
    }

    private static void writeObjects(Path file, Path buckets, Lock lock, AtomicBoolean stop) {
        for (int i = 0; !stop.get() && i < 5_000; i++) {
            lock.lock();
            try {
                Files.writeString(buckets.resolve("object-" + i), "content of object-" + i);
                execute(file, "INSERT INTO objects VALUES ('object-" + i + "', 'known')");
            } catch (IOException | SQLException e) {
                throw new IllegalStateException(e);
            } finally {
                lock.unlock();
            }
        }
    }

    private void assertSameObjects(Backup all) throws IOException {
        List<String> known = new ArrayList<>();
        List<String> stored = new ArrayList<>();
        try (BackupManager reading = BackupManager.builder().storage(storage).build()) {
            String name = all.objectName();
            reading.readEntries(
                    name, "metadata", "objects", KeyRange.all(), (key, value) -> known.add(new String(key, UTF_8)));
            reading.readEntries(name, "buckets", DirectoryDatabase.FILES, KeyRange.all(), (key, value) -> {
                if (ArchivedFile.of(key, value).kind() == ArchivedFile.Kind.FILE) {
                    stored.add(new String(key, UTF_8));
                }
            });
        }
        assertThat(stored).as(all.objectName()).isEqualTo(known);
    }

    private static Path createTable(Path file) throws SQLException {
        execute(file, "PRAGMA journal_mode = WAL");
        execute(file, "CREATE TABLE objects (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID");
        return file;
    }

    private static DataSource source(Path file) {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + file);
        return source;
    }

    private static List<String> names(Path file) throws SQLException {
        List<String> names = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                PreparedStatement query = connection.prepareStatement("SELECT key FROM objects");
                var rows = query.executeQuery()) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }

    private static void execute(Path file, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 10000");
            statement.execute("PRAGMA synchronous = OFF");
            statement.execute(sql);
        }
    }
}

package io.kvbackup.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.BackupManager;
import io.kvbackup.BackupManagerBuilder;
import io.kvbackup.BackupOptions;
import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseCatalog;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.database.directory.DirectoryDatabase;
import io.kvbackup.database.mvstore.MvStoreDatabase;
import io.kvbackup.database.rocksdb.RocksDbCheckpoint;
import io.kvbackup.database.rocksdb.RocksDbDatabase;
import io.kvbackup.database.sqlite.SqliteDatabase;
import io.kvbackup.database.sqlite.SqliteFile;
import io.kvbackup.job.JobOptions;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PrefixedStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.file.FileStorageClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

/** No store lies where a database is, is restored or keeps temporary files, and no database in the way of another. */
class OverlapsTest {
    @TempDir
    private Path top;

    private Path photos;

    @BeforeEach
    void somePhotos() throws IOException {
        photos = Files.createDirectories(top.resolve("app/photos"));
        Files.writeString(photos.resolve("a.jpg"), "a");
    }

    private DirectoryDatabase folder() throws IOException {
        return DirectoryDatabase.of("photos", photos);
    }

    private static BackupManagerBuilder at(Path store, Database... databases) {
        BackupManagerBuilder builder = BackupManager.builder().storage("file:" + store);
        for (Database each : databases) {
            builder.database(each);
        }
        return builder;
    }

    private static void refused(Path store, Database... databases) {
        assertThatThrownBy(() -> at(store, databases).build())
                .as(store.toString())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("file:")
                .hasMessageContaining("put the store elsewhere");
    }

    private static void taken(Path store, Database... databases) throws IOException {
        at(store, databases).build().close();
    }

    @Test
    void aStoreInTheWayOfAFolderIsRefusedHoweverItIsReached() throws IOException {
        Path link = Files.createSymbolicLink(top.resolve("link"), photos.getParent());
        Path toNowhere = Files.createSymbolicLink(top.resolve("later"), Path.of("app/photos/later"));
        for (Path store : List.of(
                photos,
                photos.resolve("backups"),
                photos.resolve("not/yet/there"),
                photos.getParent(),
                photos.resolveSibling("photos.kvbackup"),
                photos.resolveSibling("photos.kvbackup").resolve("deep"),
                link.resolve("photos/b"),
                link.resolve("photos.kvbackup"),
                link,
                toNowhere.resolve("b"))) {
            refused(store, folder());
            assertThat(photos).isDirectoryContaining("glob:**/a.jpg");
        }
        for (Path store : List.of(top.resolve("backups"), photos.resolveSibling("photos2"), top.resolve("photos"))) {
            taken(store, folder());
        }
    }

    @Test
    void aStoreThatTheFolderExcludesIsTaken() throws IOException {
        Database excluding = DirectoryDatabase.builder("photos", photos)
                .exclude(path -> path.equals(Path.of("own", "backups")))
                .build();
        taken(photos.resolve("own/backups"), excluding);
        taken(photos.resolve("own/backups/tenant"), excluding);
        refused(photos.resolve("own"), excluding);
        refused(photos.resolve("own/other"), excluding);
        refused(photos.resolveSibling("photos.kvbackup"), excluding);
    }

    @Test
    void everyEngineTellsWhereItLies() throws Exception {
        Path sqlite = top.resolve("sqlite/s.db");
        try (Options options = new Options().setCreateIfMissing(true);
                RocksDB rocks = RocksDB.open(options, top.resolve("rocks").toString());
                MVStore store = MVStore.open(Files.createDirectory(top.resolve("mv")) + "/data.mv")) {
            Database family = RocksDbDatabase.builder("orders", rocks).build();
            for (Path in :
                    List.of(top.resolve("rocks"), top.resolve("rocks/backups"), top.resolve("rocks.kvbackup-orders"))) {
                refused(in, family);
            }
            Database checkpoint = RocksDbCheckpoint.of("whole", rocks, top.resolve("restored"));
            for (Path in :
                    List.of(top.resolve("rocks/x"), top.resolve("restored"), top.resolve("restored.kvbackup/x"))) {
                refused(in, checkpoint);
            }
            refused(
                    top.resolve("mv"),
                    MvStoreDatabase.builder("mv", store)
                            .set("m", new MVMap.Builder<String, String>(), Codec.utf8(), Codec.utf8())
                            .build());
            refused(top.resolve("sqlite"), SqliteDatabase.of("rows", sqlite));
            Database file = SqliteFile.of("file", sqlite, top.resolve("sqlite-restored"));
            refused(top.resolve("sqlite"), file);
            refused(top.resolve("sqlite-restored/x"), file);

            taken(top.resolve("backups"), family, checkpoint, file, SqliteDatabase.of("rows", sqlite));
        }
    }

    @Test
    void aClientIsLookedIntoAndStaysTheHosts() throws IOException {
        try (StorageClient files = new FileStorageClient(photos.resolve("b"));
                StorageClient part = new PrefixedStorageClient(new ForwardingStorageClient(files) {}, "tenant/")) {
            for (StorageClient each : List.of(files, part)) {
                assertThatThrownBy(() -> BackupManager.builder()
                                .storage(each)
                                .database(folder())
                                .build())
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(photos.toString());
            }
            assertThat(files.stat("k")).isEmpty();
        }
    }

    @Test
    void soAreTheStoresOfCopies() throws IOException {
        try (StorageClient inTheWay = new FileStorageClient(photos.resolveSibling("photos.kvbackup"));
                BackupManager manager = BackupManager.builder()
                        .storage(new MemoryStorageClient())
                        .database(folder())
                        .build()) {
            String name = manager.backupDatabase("photos").objectName();
            assertThatThrownBy(() -> manager.copyBackup(name, inTheWay))
                    .hasMessageContaining("put the store elsewhere");
            BackupOptions both =
                    BackupOptions.builder().alsoTo("second", inTheWay).build();
            assertThatThrownBy(() -> manager.backupDatabase("photos", both))
                    .hasMessageContaining("put the store elsewhere");
            assertThat(photos.resolveSibling("photos.kvbackup")).doesNotExist();
        }
    }

    @Test
    void temporaryFilesDoNotLieInTheStore() throws IOException {
        Path store = top.resolve("store");
        for (Path temporary : List.of(store, store.resolve("tmp"))) {
            assertThatThrownBy(() -> at(store).temporaryDirectory(temporary).build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("temporaryDirectory");
        }
        at(store).temporaryDirectory(top).build().close();
    }

    @Test
    void databasesThatARestoreOfAnotherWouldDestroyAreRefused() throws IOException {
        Path inside = photos.resolve("thumbnails");
        List<Database> victims = List.of(
                DirectoryDatabase.of("same", photos),
                DirectoryDatabase.of("inside", inside),
                SqliteDatabase.of("file", photos.resolve("index.db")),
                DirectoryDatabase.of("staging", photos.resolveSibling("photos.kvbackup")));
        for (Database victim : victims) {
            assertThatThrownBy(() -> at(top.resolve("store"), folder(), victim).build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + victim.name() + "'")
                    .hasMessageContaining("'photos'")
                    .hasMessageContaining("destroy");
        }
        Database excluding = DirectoryDatabase.builder("photos", photos)
                .exclude(path -> path.toString().startsWith("thumbnails")
                        || path.toString().startsWith("index.db"))
                .build();
        taken(top.resolve("store"), excluding, victims.get(1), victims.get(2));
        taken(
                top.resolve("store"),
                SqliteDatabase.of("a", photos.resolve("index.db")),
                SqliteDatabase.of("b", photos.resolve("index.db")),
                MapDatabase.builder("map")
                        .set("s", new ConcurrentSkipListMap<>(Map.of()), Codec.utf8(), Codec.utf8())
                        .build());
    }

    @Test
    void theLibrarysOwnFilesDoNotLieWhereARestoreReplacesThem() throws IOException {
        for (Path own : List.of(photos.resolve("own"), photos, photos.resolveSibling("photos.kvbackup"))) {
            BackupManagerBuilder temporary = at(top.resolve("store"), folder()).temporaryDirectory(own);
            assertThatThrownBy(temporary::build)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("temporary files", own.toString(), "'photos'", "destroy");
            BackupManagerBuilder history = at(top.resolve("store"), folder())
                    .jobs(JobOptions.builder().historyFolder(own).build());
            assertThatThrownBy(history::build)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("history of jobs", own.toString(), "'photos'", "destroy");
        }
        Database excluding = DirectoryDatabase.builder("photos", photos)
                .exclude(path -> path.startsWith("own"))
                .build();
        at(top.resolve("store"), excluding)
                .temporaryDirectory(photos.resolve("own/tmp"))
                .jobs(JobOptions.builder()
                        .historyFolder(photos.resolve("own/history"))
                        .build())
                .build()
                .close();
    }

    @Test
    void databasesOfACatalogAreNotInTheWayOfOthersEither() throws IOException {
        DatabaseCatalog catalog = new DatabaseCatalog() {
            @Override
            public Set<String> databaseNames() {
                return Set.of("thumbnails");
            }

            @Override
            public Database database(String name) throws IOException {
                return DirectoryDatabase.of(name, photos.resolve(name));
            }

            @Override
            public void dropDatabase(String name) {
                throw new UnsupportedOperationException();
            }
        };
        Files.createDirectory(photos.resolve("thumbnails"));
        try (BackupManager manager =
                at(top.resolve("store"), folder()).databases(catalog).build()) {
            assertThatThrownBy(() -> manager.backupDatabase("thumbnails"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("'thumbnails'", "'photos'", "destroy");
            manager.backupDatabase("photos");
        }
    }
}

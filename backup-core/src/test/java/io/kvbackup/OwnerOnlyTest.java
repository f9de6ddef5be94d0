package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.directory.DirectoryDatabase;
import io.kvbackup.database.mvstore.MvStoreDatabase;
import io.kvbackup.database.rocksdb.RocksDbCheckpoint;
import io.kvbackup.database.rocksdb.RocksDbDatabase;
import io.kvbackup.database.sqlite.SqliteFile;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.job.JobOptions;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.file.FileStorageClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

/** Whatever holds data is readable for its owner only, while the live data are, and from the first byte on. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class OwnerOnlyTest {
    private static final FileAttribute<?> FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<?> FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    @TempDir
    private Path top;

    private Path live;

    @BeforeEach
    void somethingLive() throws IOException {
        live = Files.createDirectory(top.resolve("live"), FOLDER);
        Files.createFile(live.resolve("a"), FILE);
        Files.writeString(live.resolve("a"), "secret");
        Files.createDirectories(live.resolve("b/c"));
    }

    /** What is there now and was not before, with its permissions. */
    private static final class Watch {
        private final Path where;
        private final Set<Path> before;

        Watch(Path where) throws IOException {
            this.where = where;
            this.before = all(where);
        }

        void assertNewIsPrivate(String... names) throws IOException {
            Set<Path> found = all(where);
            found.removeAll(before);
            for (String name : names) {
                assertThat(found)
                        .anyMatch(path -> where.relativize(path).toString().contains(name));
            }
            for (Path path : found) {
                assertThat(PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS)))
                        .as(path.toString())
                        .endsWith("------");
            }
        }
    }

    private static Set<Path> all(Path where) throws IOException {
        try (Stream<Path> walk = Files.walk(where)) {
            return new TreeSet<>(walk.toList());
        }
    }

    private void assertStagingIsPrivate(Database database, String... names) throws IOException {
        Watch watch = new Watch(top);
        try (DatabaseSnapshot snapshot = database.openSnapshot();
                DatabaseRestore restore = database.beginRestore(snapshot.header())) {
            for (String set : snapshot.header().sets().keySet()) {
                EntryVisitor to = restore.set(set);
                snapshot.readEntries(set, KeyRange.all(), to);
            }
            watch.assertNewIsPrivate(names);
        }
    }

    @Test
    void aStagedFolder() throws IOException {
        assertStagingIsPrivate(DirectoryDatabase.of("data", live), "live.kvbackup/tree/a", "live.kvbackup/entries");
    }

    @Test
    void stagedColumnFamiliesAreLikeTheLiveOnes() throws Exception {
        Path folder = Files.createDirectory(top.resolve("rocks"), FOLDER);
        try (Options options = new Options().setCreateIfMissing(true).setDisableAutoCompactions(true);
                RocksDB db = RocksDB.open(options, folder.toString())) {
            db.put(new byte[] {1}, new byte[] {2});
            assertStagingIsPrivate(RocksDbDatabase.builder("orders", db).build(), "rocks.kvbackup-orders/0-0.sst");

            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-x---"));
            Database database = RocksDbDatabase.builder("orders", db).build();
            copyWithin(database);
            assertThat(all(folder))
                    .filteredOn(path -> path.toString().endsWith(".sst"))
                    .as("what was open before a restore is so afterwards")
                    .isNotEmpty()
                    .anySatisfy(path -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                            .isEqualTo("rw-r-----"));
        }
    }

    private static void copyWithin(Database database) throws IOException {
        try (DatabaseSnapshot snapshot = database.openSnapshot();
                DatabaseRestore restore = database.beginRestore(snapshot.header())) {
            for (String set : snapshot.header().sets().keySet()) {
                snapshot.readEntries(set, KeyRange.all(), restore.set(set));
            }
            restore.commit();
        }
    }

    @Test
    void copiesOfEnginesAndWhatIsRestoredOfThem() throws Exception {
        Path sqlite = Files.createFile(top.resolve("s.db"), FILE);
        Path folder = Files.createDirectory(top.resolve("rocks"), FOLDER);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + sqlite);
                Statement statement = connection.createStatement();
                Options options = new Options().setCreateIfMissing(true);
                RocksDB db = RocksDB.open(options, folder.toString())) {
            statement.execute("create table t (k text primary key, v text) without rowid");
            statement.execute("insert into t values ('a', 'b')");
            db.put(new byte[] {1}, new byte[] {2});
            Database file = SqliteFile.of("file", sqlite, top.resolve("restored-file"));
            Database files = RocksDbCheckpoint.of("files", db, top.resolve("restored-rocks"));
            Watch watch = new Watch(top);
            try (DatabaseSnapshot copy = file.openSnapshot()) {
                watch.assertNewIsPrivate("files/s.db");
            }
            copyWithin(file);
            watch.assertNewIsPrivate("restored-file/s.db");
            copyWithin(files);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(top.resolve("restored-rocks"))))
                    .as("others entered neither")
                    .isEqualTo("rwx------");
        }
    }

    /** Looks at the disk in the middle of an upload. */
    private static final class LookingStore extends ForwardingStorageClient {
        private final Watch watch;
        private final List<String> names = new ArrayList<>();

        LookingStore(StorageClient store, Watch watch) {
            super(store);
            this.watch = watch;
        }

        @Override
        public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
            return super.upload(
                    key,
                    out -> {
                        content.writeTo(out);
                        if (!key.equals("kvbackup.json")) {
                            watch.assertNewIsPrivate(names.toArray(String[]::new));
                        }
                    },
                    condition);
        }
    }

    @Test
    void whatABackupPutsDownOnItsWayAndWhereItEnds() throws Exception {
        Watch watch = new Watch(top);
        try (MVStore store = MVStore.open(null);
                StorageClient files = new FileStorageClient(top.resolve("deep/store"));
                LookingStore looking = new LookingStore(files, watch);
                BackupManager manager = BackupManager.builder()
                        .storage(looking)
                        .database(DirectoryDatabase.of("data", live))
                        .database(unsorted(store))
                        .encryption(EncryptionKeys.ofPassword("a long enough password".toCharArray()))
                        .temporaryDirectory(top.resolve("temporary"))
                        .jobs(JobOptions.builder()
                                .historyFolder(top.resolve("history"))
                                .build())
                        .build()) {
            looking.names.add("kvbackup-spool-");
            String name = manager.backupAllDatabases(
                            BackupOptions.builder().spool(true).build())
                    .objectName();
            looking.names.clear();
            manager.downloadFile(name, top.resolve("download"));
            watch.assertNewIsPrivate("deep/store/backups/", "history/jobs.jsonl", "download", "download.manifest.json");
        }
    }

    private static Database unsorted(MVStore store) throws IOException {
        MVMap.Builder<String, String> texts = new MVMap.Builder<>();
        MVMap<String, String> map = store.openMap("texts", texts);
        map.put("\uFFFD", "last of one char");
        map.put("\uD83D\uDE00", "two chars");
        return MvStoreDatabase.builder("unsorted", store)
                .set("texts", texts, Codec.utf8(), Codec.utf8())
                .build();
    }

    /** A host that shares a store with others makes its folder itself. */
    @Test
    void aStoreIsAsOpenAsItsFolder() throws IOException {
        Path root = Files.createDirectory(top.resolve("shared"));
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-x---"));
        try (StorageClient store = new FileStorageClient(root)) {
            store.upload("a/b", ContentWriter.of(new byte[1]), PutCondition.none());
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("a"))))
                .isEqualTo("rwxr-x---");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("a/b"))))
                .isEqualTo("rw-r-----");
    }

    @Test
    void aRestoredFolderHasTheModesOfTheBackup() throws IOException {
        Files.setPosixFilePermissions(live.resolve("b"), PosixFilePermissions.fromString("rwxr-xr-x"));
        try (BackupManager manager = BackupManager.builder()
                .storage(new MemoryStorageClient())
                .database(DirectoryDatabase.of("data", live))
                .build()) {
            String name = manager.backupDatabase("data").objectName();
            Files.setPosixFilePermissions(live.resolve("b"), PosixFilePermissions.fromString("rwx------"));
            manager.restoreDatabase(name);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(live.resolve("b"))))
                .isEqualTo("rwxr-xr-x");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(live.resolve("a"))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(live)))
                .isEqualTo("rwx------");
    }
}

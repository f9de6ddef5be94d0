package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Database;
import io.kvbackup.database.directory.DirectoryDatabase;
import io.kvbackup.database.rocksdb.RocksDbCheckpoint;
import io.kvbackup.database.sqlite.SqliteFile;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDB;

/**
 * A restore that must not replace anything looks at where it goes to, which need not be where the backup comes from.
 */
class PhysicalRestoreOptionsTest {
    private static final RestoreOptions CAREFUL =
            RestoreOptions.builder().ifAbsent(true).build();

    @TempDir
    private Path folder;

    @Test
    void anSqliteFileGoesToAFolderThatIsNotThere() throws Exception {
        Path file = folder.resolve("live.db");
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (x)");
        }
        assertGoesOnlyToAFreshFolder(SqliteFile.of("d", file, folder.resolve("restored")));
    }

    @Test
    void aRocksDbCheckpointGoesToAFolderThatIsNotThere() throws Exception {
        try (RocksDB rocks = RocksDB.open(folder.resolve("live").toString())) {
            rocks.put(new byte[] {1}, new byte[] {2});
            assertGoesOnlyToAFreshFolder(RocksDbCheckpoint.of("d", rocks, folder.resolve("restored")));
        }
    }

    @Test
    void aFolderMayBeThereIfThereIsNothingInIt() throws Exception {
        Path live = Files.createDirectory(folder.resolve("live"));
        Files.writeString(live.resolve("a"), "1");
        Database empty = DirectoryDatabase.of("empty", Files.createDirectory(folder.resolve("restored")));
        try (MemoryStorageClient storage = new MemoryStorageClient();
                BackupManager manager = manager(storage, DirectoryDatabase.of("d", live), empty)) {
            String backup = manager.backupDatabase("d").objectName();
            RestoreOptions carefulCopy =
                    RestoreOptions.builder().ifAbsent(true).as("empty").build();

            manager.restoreDatabase(backup, carefulCopy);
            assertThat(folder.resolve("restored/a")).hasContent("1");
            assertThatThrownBy(() -> manager.restoreDatabase(backup, carefulCopy))
                    .isInstanceOf(FileAlreadyExistsException.class);
        }
    }

    private void assertGoesOnlyToAFreshFolder(Database database) throws Exception {
        try (MemoryStorageClient storage = new MemoryStorageClient();
                BackupManager manager = manager(storage, database)) {
            String backup = manager.backupDatabase("d").objectName();

            manager.restoreDatabase(backup, CAREFUL);
            assertThat(folder.resolve("restored")).isNotEmptyDirectory();
            assertThatThrownBy(() -> manager.restoreDatabase(backup, CAREFUL))
                    .isInstanceOf(FileAlreadyExistsException.class);
        }
    }

    private static BackupManager manager(MemoryStorageClient storage, Database... databases) throws IOException {
        var builder = BackupManager.builder().storage(storage);
        for (Database database : databases) {
            builder.database(database);
        }
        return builder.build();
    }
}

package io.kvbackup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.database.contract.DatabaseContents;
import io.kvbackup.database.contract.MemoryCatalog;
import io.kvbackup.model.Backup;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Situations in which a careless restore would damage something. */
class RestoreSafetyTest {
    private final MemoryStorageClient storage = new MemoryStorageClient();
    private final MemoryCatalog catalog = new MemoryCatalog();
    private final ConcurrentMap<String, String> items = new ConcurrentHashMap<>(Map.of("a", "1"));
    private final ConcurrentMap<String, String> others = new ConcurrentHashMap<>(Map.of("a", "1"));
    private final ReadWriteLock lock = new ReentrantReadWriteLock();

    private static MapDatabase database(String name, ConcurrentMap<String, String> map, ReadWriteLock lock) {
        return MapDatabase.builder(name)
                .set("items", map, Codec.utf8(), Codec.utf8())
                .lock(lock)
                .build();
    }

    private BackupManager ofMaps() throws IOException {
        return BackupManager.builder()
                .storage(storage)
                .database(database("a", items, lock))
                .database(database("b", others, lock))
                .build();
    }

    private BackupManager ofCatalog() throws IOException {
        for (String name : List.of("a", "b")) {
            DatabaseContents.restore(
                    catalog.database(name),
                    DatabaseBackup.of(name, new SetBackup("items", Encoding.TEXT, Encoding.TEXT)),
                    Map.of("items", DatabaseContents.entries("k", "v")));
        }
        return BackupManager.builder().storage(storage).databases(catalog).build();
    }

    @Test
    void aBackupOfOneDatabaseNeverDropsOthers() throws Exception {
        try (BackupManager manager = ofCatalog()) {
            Backup one = manager.backupDatabase("a");
            Backup all = manager.backupAllDatabases();

            assertThatThrownBy(() -> manager.restoreAllDatabases(
                            one.objectName(),
                            RestoreOptions.builder().dropOthers(true).build()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("holds one database");
            assertThatThrownBy(() -> manager.restoreAllDatabases(
                            all.objectName(),
                            RestoreOptions.builder()
                                    .dropOthers(true)
                                    .sets("items")
                                    .build()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("in part");
        }
        assertThat(catalog.databaseNames()).containsExactly("a", "b");
    }

    @Test
    void namesInAnArchiveNeverReachTheCatalogUnchecked() throws Exception {
        put(
                "backups/full/20260321-101500.json",
                "{\"databases\":{\"../../etc\":{\"name\":\"../../etc\",\"sets\":{}},\"full\":{\"name\":\"full\","
                        + "\"sets\":{}}}}");
        try (BackupManager manager = ofCatalog()) {
            assertThatThrownBy(() -> manager.restoreAllDatabases("backups/full/20260321-101500.json"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("../../etc");
            manager.restoreDatabase(
                    "backups/full/20260321-101500.json",
                    RestoreOptions.builder().database("full").as("rescued").build());

            assertThat(catalog.databaseNames()).containsExactly("a", "b", "rescued");
        }
    }

    @Test
    void aBadNameInTheCatalogDoesNotStopBackupsOfTheOthers() throws Exception {
        try (BackupManager manager = ofCatalog()) {
            DatabaseContents.restore(catalog.database("full"), DatabaseBackup.of("full"), Map.of());

            assertThat(manager.backupDatabase("a").hasManifest()).isTrue();
            assertThatThrownBy(manager::backupAllDatabases).hasMessageContaining("'full' is reserved");
        }
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void databasesThatShareALockAreRestoredInPartWithoutWaitingForEachOther() throws Exception {
        try (BackupManager manager = ofMaps()) {
            Backup all = manager.backupAllDatabases();
            items.clear();
            others.clear();

            manager.restoreAllDatabases(
                    all.objectName(),
                    RestoreOptions.builder()
                            .keysStartingWith("a".getBytes(UTF_8))
                            .build());
        }
        assertThat(items).isEqualTo(Map.of("a", "1"));
        assertThat(others).isEqualTo(Map.of("a", "1"));
    }

    @Test
    void onlyBackupsCanBeDeleted() throws Exception {
        put("host/config.json", "{}");
        try (BackupManager manager = ofMaps()) {
            Backup backup = manager.backupDatabase("a");

            assertThatThrownBy(() -> manager.deleteBackup("host/config.json"))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> manager.deleteBackup(backup.objectName() + ".manifest.json"))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> manager.restoreDatabase(backup.objectName() + ".manifest.json"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("manifest");
            assertThat(manager.listBackups("a").get(0).hasManifest()).isTrue();
            assertThat(storage.stat("host/config.json")).isPresent();
        }
    }

    @Test
    void anEntryThatArrivesDuringTheRestoreIsNotReplacedIfThatWasAskedFor() throws Exception {
        try (BackupManager manager = ofMaps()) {
            Backup backup = manager.backupDatabase("a");
            items.clear();
            RestoreOptions ifAbsent = RestoreOptions.builder()
                    .ifAbsent(true)
                    .progress(progress -> items.put("written", "meanwhile"))
                    .build();

            assertThatThrownBy(() -> manager.restoreDatabase(backup.objectName(), ifAbsent))
                    .isInstanceOf(FileAlreadyExistsException.class);
        }
        assertThat(items).isEqualTo(Map.of("written", "meanwhile"));
    }

    @Test
    void aRestoreOfSomeSetsBringsNoSettingsOfTheOthers() throws Exception {
        List<DatabaseBackup> restored = new ArrayList<>();
        MapDatabase shop = MapDatabase.builder("shop")
                .set("items", items, Codec.utf8(), Codec.utf8())
                .set("others", others, Codec.utf8(), Codec.utf8())
                .index(new io.kvbackup.model.IndexBackup("i", "items", "f", 0, List.of()))
                .index(new io.kvbackup.model.IndexBackup("o", "others", "f", 0, List.of()))
                .auth(new io.kvbackup.model.AuthBackup("admin", "secret", true))
                .onRestored(restored::add)
                .build();
        try (BackupManager manager =
                BackupManager.builder().storage(storage).database(shop).build()) {
            Backup backup = manager.backupDatabase("shop");
            manager.restoreDatabase(
                    backup.objectName(), RestoreOptions.builder().sets("items").build());
        }
        assertThat(restored).singleElement().satisfies(header -> {
            assertThat(header.indexes()).containsOnlyKeys("i");
            assertThat(header.auth()).isNull();
        });
    }

    @Test
    void ofSeveralDatabasesTheErrorNamesThoseThatAreRestored() throws Exception {
        MapDatabase failing = MapDatabase.builder("b")
                .set("items", others, Codec.utf8(), Codec.utf8())
                .onRestored(header -> {
                    throw new IllegalStateException("listener");
                })
                .build();
        try (BackupManager manager = BackupManager.builder()
                .storage(storage)
                .database(database("a", items, lock))
                .database(failing)
                .build()) {
            Backup all = manager.backupAllDatabases();

            assertThatThrownBy(() -> manager.restoreAllDatabases(all.objectName()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("[a] are restored");
        }
    }

    @Test
    void aDamagedLatestBackupIsNotPassedOverInSilence() throws Exception {
        try (BackupManager manager = ofMaps()) {
            Backup older = manager.backupDatabase("a");
            Backup newest = manager.backupAllDatabases();
            put(newest.objectName() + ".manifest.json", "{}");
            items.clear();

            assertThatThrownBy(() -> manager.restoreLatest("a"))
                    .isInstanceOf(CorruptBackupException.class)
                    .hasMessageContaining("the next older one is " + older.objectName());
            assertThat(items).isEmpty();
        }
    }

    private void put(String key, String content) throws IOException {
        storage.upload(key, ContentWriter.of(content.getBytes(UTF_8)), PutCondition.none());
    }
}

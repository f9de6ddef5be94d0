package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Progress;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackupManagerTest {
    record Item(String name, int price) {}

    private final TestClock clock = new TestClock(Instant.parse("2026-11-20T12:00:00Z"));
    private final MemoryStorageClient storage = new MemoryStorageClient();
    private final ConcurrentMap<String, Item> items = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, String> notes = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, String> copy = new ConcurrentHashMap<>();
    private BackupManager manager;

    @BeforeEach
    void open() throws IOException {
        manager = BackupManager.builder()
                .storage(storage)
                .clock(clock)
                .database(MapDatabase.builder("orders")
                        .set("items", items, Codec.utf8(), Codec.json(Item.class))
                        .set("notes", notes, Codec.utf8(), Codec.utf8())
                        .build())
                .database(MapDatabase.builder("copy")
                        .set("notes", copy, Codec.utf8(), Codec.utf8())
                        .build())
                .build();
        items.put("a", new Item("apple", 3));
        items.put("b", new Item("bread", 5));
        notes.put("x", "first");
    }

    @AfterEach
    void close() throws IOException {
        manager.close();
        storage.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cbor.zst",
                "cbor",
                "json",
                "json.gz",
                "json.bz2",
                "json.xz",
                "tar",
                "tar.bz2",
                "tar.gz.zst",
                "cbor.xz.gz"
            })
    void whatIsBackedUpComesBack(String format) throws Exception {
        Backup backup = manager.backupDatabase(
                "orders", BackupOptions.builder().format(format).build());
        Map<String, Item> before = Map.copyOf(items);
        items.remove("a");
        items.put("b", new Item("bread", 99));
        items.put("c", new Item("cheese", 1));
        notes.clear();

        Backup restored = manager.restoreDatabase(backup.objectName());

        assertThat(items).isEqualTo(before);
        assertThat(notes).containsOnly(Map.entry("x", "first"));
        assertThat(restored).isEqualTo(backup);
        assertThat(backup.objectName()).isEqualTo("backups/orders/2026-11-20T12:00:00.000Z." + format);
        assertThat(backup.kind()).isEqualTo(BackupKind.FULL);
        assertThat(backup.metadata().orElseThrow().entryCount()).isEqualTo(3);
        assertThat(manager.verify(backup.objectName()).entries()).isEqualTo(3);
    }

    @Test
    void anEmptyDatabaseIsBackedUpAndRestored() throws Exception {
        items.clear();
        notes.clear();
        Backup backup = manager.backupDatabase("orders");
        items.put("a", new Item("apple", 3));

        manager.restoreDatabase(backup.objectName());

        assertThat(items).isEmpty();
        assertThat(backup.metadata().orElseThrow().setCount()).isEqualTo(2);
    }

    @Test
    void aDescriptionCountsTheEntriesOfEachSet() throws Exception {
        Backup backup = manager.describe(manager.backupDatabase("orders").objectName());

        assertThat(backup.contents().orElseThrow().entryCounts().get("orders"))
                .containsEntry("items", (long) items.size())
                .hasSize(2);
    }

    @Test
    void listsNewestFirstFromNamesAlone() throws Exception {
        Backup first = manager.backupDatabase("orders");
        clock.advanceSeconds(60);
        Backup second = manager.backupDatabase("orders");
        Backup all = manager.backupAllDatabases();

        assertThat(manager.listBackups("orders"))
                .as("backups of all databases hold it too")
                .extracting(Backup::objectName)
                .containsExactly(all.objectName(), second.objectName(), first.objectName());
        assertThat(manager.restoreLatest("orders").map(Backup::objectName)).hasValue(all.objectName());
        assertThat(manager.listBackups())
                .extracting(Backup::objectName)
                .containsExactlyInAnyOrder(all.objectName(), second.objectName(), first.objectName());
        assertThat(manager.listBackups("orders").get(0).contents()).isEmpty();
        assertThat(manager.listBackups("orders").get(1).storedBytes()).isEqualTo(second.storedBytes());
        assertThat(manager.describe(first.objectName())).isEqualTo(first);
        assertThat(manager.listBackups("nobody")).isEmpty();
    }

    @Test
    void twoBackupsInOneMillisecondGetTwoNames() throws Exception {
        Backup first = manager.backupDatabase("orders");
        Backup second = manager.backupDatabase("orders");

        assertThat(second.timestamp()).isEqualTo(first.timestamp().plusMillis(1));
    }

    @Test
    void aClockThatGoesBackwardsDoesNotMakeOlderBackupsTheLatest() throws Exception {
        manager.backupDatabase("orders");
        clock.advanceSeconds(-3600);
        notes.put("x", "second");
        try (BackupManager restarted = BackupManager.builder()
                .storage(storage)
                .clock(clock)
                .database(MapDatabase.builder("orders")
                        .set("items", items, Codec.utf8(), Codec.json(Item.class))
                        .set("notes", notes, Codec.utf8(), Codec.utf8())
                        .build())
                .build()) {
            restarted.backupDatabase("orders");
            notes.clear();

            restarted.restoreLatest("orders");
        }

        assertThat(notes).containsEntry("x", "second");
    }

    @Test
    void restoresTheLatestBackupBeItOfOneDatabaseOrOfAll() throws Exception {
        assertThat(manager.restoreLatest("orders")).isEmpty();
        manager.backupDatabase("orders");
        clock.advanceSeconds(1);
        notes.put("x", "second");
        Backup all = manager.backupAllDatabases();
        notes.clear();
        copy.put("other", "untouched");

        assertThat(manager.restoreLatest("orders").orElseThrow().objectName()).isEqualTo(all.objectName());

        assertThat(notes).containsEntry("x", "second");
        assertThat(copy).containsEntry("other", "untouched");
    }

    @Test
    void restoresAllDatabasesOfOneBackup() throws Exception {
        copy.put("k", "v");
        Backup backup = manager.backupAllDatabases();
        items.clear();
        notes.clear();
        copy.clear();

        manager.restoreAllDatabases(backup.objectName());

        assertThat(items).hasSize(2);
        assertThat(notes).hasSize(1);
        assertThat(copy).containsOnly(Map.entry("k", "v"));
        assertThat(backup.objectName()).startsWith("backups/full/");
        assertThat(backup.metadata().orElseThrow().databaseCount()).isEqualTo(2);
    }

    @Test
    void oneDatabaseOfABackupOfAllIsChosenByName() throws Exception {
        Backup backup = manager.backupAllDatabases();
        notes.clear();

        assertThatThrownBy(() -> manager.restoreDatabase(backup.objectName()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[copy, orders]");
        manager.restoreDatabase(
                backup.objectName(), RestoreOptions.builder().database("orders").build());

        assertThat(notes).hasSize(1);
    }

    @Test
    void restoresUnderAnotherNameAndOnlyChosenSets() throws Exception {
        Backup backup = manager.backupDatabase("orders");

        manager.restoreDatabase(
                backup.objectName(),
                RestoreOptions.builder().as("copy").sets("notes").build());

        assertThat(copy).containsOnly(Map.entry("x", "first"));
    }

    @Test
    void refusesASetThatTheBackupDoesNotHave() throws Exception {
        Backup backup = manager.backupDatabase("orders");

        assertThatThrownBy(() -> manager.restoreDatabase(
                        backup.objectName(),
                        RestoreOptions.builder().sets("itmes").build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'itmes'")
                .hasMessageContaining("items");
    }

    @Test
    void refusesADatabaseThatCannotTakeTheSetsBeforeAnythingIsTouched() throws Exception {
        Backup backup = manager.backupDatabase("orders");
        copy.put("k", "live");

        assertThatThrownBy(() -> manager.restoreDatabase(
                        backup.objectName(), RestoreOptions.builder().as("copy").build()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("items");
        assertThat(copy).containsOnly(Map.entry("k", "live"));
    }

    @Test
    void keysOutsideAChosenRangeStayAsTheyAre() throws Exception {
        notes.putAll(Map.of("a1", "old", "b1", "old", "b2", "old", "c1", "old"));
        Backup backup = manager.backupDatabase("orders");
        notes.replaceAll((key, value) -> "new");
        notes.remove("b1");
        notes.put("b3", "new");

        manager.restoreDatabase(
                backup.objectName(),
                RestoreOptions.builder()
                        .sets("notes")
                        .keysStartingWith("b".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                        .build());

        assertThat(notes).isEqualTo(Map.of("a1", "new", "b1", "old", "b2", "old", "c1", "new", "x", "new"));
    }

    @Test
    void aDryRunReadsEverythingAndChangesNothing() throws Exception {
        Backup backup = manager.backupDatabase("orders");
        notes.put("x", "live");
        List<Progress> progress = new ArrayList<>();

        manager.restoreDatabase(
                backup.objectName(),
                RestoreOptions.builder().dryRun(true).progress(progress::add).build());

        assertThat(notes).containsEntry("x", "live");
        assertThat(progress.get(progress.size() - 1).entries()).isEqualTo(3);
    }

    @Test
    void refusesToReplaceEntriesIfAskedNotTo() throws Exception {
        Backup backup = manager.backupDatabase("orders");
        RestoreOptions ifAbsent = RestoreOptions.builder().ifAbsent(true).build();

        assertThatThrownBy(() -> manager.restoreDatabase(backup.objectName(), ifAbsent))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContaining("orders");
        items.clear();
        notes.clear();
        manager.restoreDatabase(backup.objectName(), ifAbsent);

        assertThat(items).hasSize(2);
    }

    @Test
    void deletesABackupWithItsManifest() throws Exception {
        Backup backup = manager.backupDatabase("orders");

        manager.deleteBackup(backup.objectName());

        assertThat(manager.listBackups()).isEmpty();
        assertThat(storage.list("backups/")).isEmpty();
        assertThatThrownBy(() -> manager.deleteBackup(backup.objectName())).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> manager.restoreDatabase(backup.objectName()))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining(backup.objectName());
    }

    @Test
    void spoolingClosesTheSnapshotBeforeTheUpload(@TempDir Path folder) throws Exception {
        Path spool = folder.resolve("spool");
        FailingDatabase database = new FailingDatabase(MapDatabase.builder("probe")
                .set("notes", notes, Codec.utf8(), Codec.utf8())
                .build());
        StorageClient watching = (StorageClient) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {StorageClient.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("upload")) {
                        assertThat(database.openSnapshots()).isZero();
                    }
                    return method.invoke(storage, arguments);
                });
        try (BackupManager spooling = BackupManager.builder()
                .storage(watching)
                .database(database)
                .temporaryDirectory(spool)
                .spool(true)
                .build()) {
            Backup backup = spooling.backupDatabase("probe");
            notes.clear();
            spooling.restoreDatabase(backup.objectName());
        }

        assertThat(notes).hasSize(1);
        try (var files = Files.list(spool)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void loadsASmallBackupAsObjects() throws Exception {
        Backup backup = manager.backupAllDatabases();

        FullBackup loaded = manager.load(backup.objectName());

        DatabaseBackup orders = loaded.databases().get("orders");
        assertThat(orders.sets().get("items").get("a")).contains("{\"name\":\"apple\",\"price\":3}");
        assertThat(loaded.metadata()).isEqualTo(backup.metadata().orElseThrow());
    }

    @Test
    void carriesArchivesToFilesAndBack(@TempDir Path folder) throws Exception {
        Backup backup = manager.backupDatabase(
                "orders", BackupOptions.builder().format("json").build());
        Path file = folder.resolve("orders.json");

        manager.downloadFile(backup.objectName(), file);
        manager.deleteBackup(backup.objectName());
        manager.uploadFile("backups/orders/20260101-000000.json", file);
        notes.clear();
        manager.restoreLatest("orders");

        assertThat(notes).hasSize(1);
        assertThat(manager.listBackups().get(0).hasManifest()).isFalse();
        assertThat(FullBackup.read(Files.newInputStream(file)).databases()).containsKey("orders");
        assertThatThrownBy(() -> manager.uploadFile("orders.json", file)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aClosedManagerSaysSo() throws Exception {
        manager.close();

        assertThatThrownBy(() -> manager.listBackups())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }
}

package io.kvbackup.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.BackupManager;
import io.kvbackup.BackupOptions;
import io.kvbackup.FullBackup;
import io.kvbackup.RestoreOptions;
import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.IndexBackup;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.verify.VerifyReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The snippets that need nothing but maps. {@link ReadmeTest} compares them with the pages. */
class SnippetsTest {
    record Item(String name, int price) {}

    private final ConcurrentMap<String, Item> items = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, String> notes = new ConcurrentSkipListMap<>();
    private final MemoryStorageClient memory = new MemoryStorageClient();
    private final Database orders = MapDatabase.builder("orders")
            .set("items", items, Codec.utf8(), Codec.json(Item.class))
            .set("notes", notes, Codec.utf8(), Codec.utf8())
            .build();
    private BackupManager manager;

    @BeforeEach
    void open() throws IOException {
        items.put("a", new Item("apple", 3));
        notes.putAll(Map.of("2026-01", "old", "2026-02", "old"));
        Database ordersCopy = MapDatabase.builder("orders-copy")
                .set("items", new ConcurrentHashMap<>(), Codec.utf8(), Codec.json(Item.class))
                .set("notes", new ConcurrentHashMap<>(), Codec.utf8(), Codec.utf8())
                .build();
        manager = BackupManager.builder()
                .storage(memory)
                .database(orders)
                .database(ordersCopy)
                .build();
    }

    @AfterEach
    void close() throws IOException {
        manager.close();
        memory.close();
    }

    @Test
    void firstBackup(@TempDir Path folder) throws Exception {
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            FirstBackup.main(new String[] {folder.toUri().toString()});
        } finally {
            System.setOut(console);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8).strip()).isEqualTo("Item[name=apple, price=3]");
    }

    @Test
    void restoreAtStart() throws Exception {
        manager.backupDatabase("orders");

        assertThat(RestoreAtStart.restoreIfEmpty(manager))
                .as("there are entries")
                .isEmpty();
        items.clear();
        notes.clear();
        assertThat(RestoreAtStart.restoreIfEmpty(manager)).isPresent();
        assertThat(items).containsOnlyKeys("a");
    }

    @Test
    void mapsWithALock() throws Exception {
        // region maps
        ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
        Database orders = MapDatabase.builder("orders")
                .set("items", items, Codec.utf8(), Codec.json(Item.class))
                .set("notes", notes, Codec.utf8(), Codec.utf8())
                .index(new IndexBackup("by-price", "items", "price", 0, List.of()))
                .lock(lock) // your writers hold it too, so the backup shows one instant
                .onRestored(header -> rebuild(header.indexes().values()))
                .build();
        // endregion
        try (BackupManager locked =
                BackupManager.builder().storage(memory).database(orders).build()) {
            locked.backupDatabase("orders");
            items.clear();
            locked.restoreLatest("orders");
        }
        assertThat(rebuilt).containsExactly("by-price");
        assertThat(items).hasSize(1);
    }

    private final List<String> rebuilt = new ArrayList<>();

    private void rebuild(Iterable<IndexBackup> indexes) {
        indexes.forEach(index -> rebuilt.add(index.name()));
    }

    @Test
    void manage() throws Exception {
        // region manage
        manager.backupDatabase("orders");
        Backup json = manager.backupDatabase(
                "orders", BackupOptions.builder().format("json.gz").build());

        List<Backup> known = manager.listBackups("orders"); // newest first; listBackups() for all databases
        VerifyReport report = manager.verify(json.objectName()); // reads all of it, checks every digest and count
        manager.restoreLatest("orders"); // Optional<Backup>: empty when the store holds none
        manager.deleteBackup(json.objectName());
        // endregion
        assertThat(known).hasSize(2);
        assertThat(report.entries()).isEqualTo(3);
        assertThat(manager.listBackups("orders")).hasSize(1);
    }

    @Test
    void restoreOptions() throws Exception {
        Backup backup = manager.backupDatabase("orders");
        notes.replaceAll((month, note) -> "new");
        // region restore
        RestoreOptions dryRun = RestoreOptions.builder().dryRun(true).build();
        manager.restoreDatabase(backup.objectName(), dryRun); // reads and verifies all, changes nothing

        RestoreOptions beside =
                RestoreOptions.builder().as("orders-copy").ifAbsent(true).build();
        manager.restoreDatabase(backup.objectName(), beside); // refuses if the copy has any entry

        RestoreOptions january = RestoreOptions.builder()
                .sets("notes")
                .keysStartingWith("2026-01".getBytes(StandardCharsets.UTF_8))
                .progress(progress -> System.out.printf("%d entries%n", progress.entries()))
                .build();
        manager.restoreDatabase(backup.objectName(), january); // all other keys stay as they are
        // endregion
        assertThat(notes).containsExactlyInAnyOrderEntriesOf(Map.of("2026-01", "old", "2026-02", "new"));
    }

    @Test
    void allDatabases() throws Exception {
        // region all
        ReentrantReadWriteLock writes = new ReentrantReadWriteLock(); // your writers hold writes.readLock()
        try (BackupManager manager = BackupManager.builder()
                .storage(memory)
                .database(orders)
                .database(MapDatabase.builder("stock")
                        .set("counts", new ConcurrentHashMap<>(), Codec.utf8(), Codec.json(Integer.class))
                        .build())
                .barrier(writes.writeLock()) // held for the moment in which all snapshots are opened
                .build()) {

            Backup all = manager.backupAllDatabases();
            manager.restoreAllDatabases(all.objectName());
            manager.restoreDatabase(
                    all.objectName(), RestoreOptions.builder().database("stock").build());
        }
        // endregion
        assertThat(memory.list("backups/full/")).hasSize(2);
    }

    @Test
    void incrementalBackups() throws Exception {
        String storage = "mem:incremental-snippet";
        // region incremental
        BackupManager manager = BackupManager.builder()
                .storage(storage)
                .database(orders)
                .kind(BackupKind.INCREMENTAL) // for all backups that do not say otherwise; FULL unless set
                .build();

        Backup first = manager.backupDatabase("orders"); // stores everything
        Backup second = manager.backupDatabase("orders"); // stores what has changed
        Backup portable = manager.backupDatabase(
                "orders", BackupOptions.builder().kind(BackupKind.FULL).build()); // one archive, for other software
        // endregion
        try (manager) {
            items.clear();
            manager.restoreDatabase(second.objectName());
            assertThat(items).containsOnlyKeys("a");
            assertThat(List.of(first.kind(), second.kind(), portable.kind()))
                    .containsExactly(BackupKind.INCREMENTAL, BackupKind.INCREMENTAL, BackupKind.FULL);
        }
    }

    @Test
    void loadsSmallBackups() throws Exception {
        Backup backup = manager.backupDatabase("orders");
        // region load
        FullBackup loaded = manager.load(backup.objectName()); // all of it in memory: for small backups and for tests
        String apple =
                loaded.databases().get("orders").sets().get("items").get("a").orElseThrow();
        // endregion
        assertThat(apple).isEqualTo("{\"name\":\"apple\",\"price\":3}");
    }

    @Test
    void damageIsRefused() throws Exception {
        Backup backup = manager.backupDatabase("orders");
        memory.upload(backup.objectName(), ContentWriter.of(new byte[10]), PutCondition.none());

        assertThatThrownBy(() -> manager.restoreLatest("orders")).isInstanceOf(CorruptBackupException.class);
        assertThat(items).hasSize(1);
    }

    @Test
    void settings(@TempDir Path folder) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("kvbackup.storage", folder.toUri().toString());
        properties.setProperty("kvbackup.format", "json.gz");
        // region settings
        BackupManager manager = BackupManager.builder()
                .properties(properties) // kvbackup.storage, kvbackup.format, kvbackup.s3.bucket, …
                .environment(System.getenv()) // KVBACKUP_STORAGE, KVBACKUP_FORMAT, KVBACKUP_S3_BUCKET, …
                .database(orders)
                .build();
        // endregion
        try (manager) {
            assertThat(manager.backupDatabase("orders").format()).isEqualTo("json.gz");
        }
    }

    @Test
    void ownStorage() throws Exception {
        // region own-storage
        StorageClient tenant = new PrefixedStorage(memory, "tenants/42/");
        BackupManager manager =
                BackupManager.builder().storage(tenant).database(orders).build();
        // endregion
        try (manager) {
            manager.backupDatabase("orders");
        }
        assertThat(memory.list("tenants/42/backups/orders/")).hasSize(2);
    }
}

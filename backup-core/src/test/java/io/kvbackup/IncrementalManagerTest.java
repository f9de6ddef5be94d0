package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.format.TreeDocument;
import io.kvbackup.format.TreeDocumentJson;
import io.kvbackup.format.tree.Digest;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.StoreOutcome;
import io.kvbackup.pipeline.TransformContext;
import io.kvbackup.repository.FormatChain;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Incremental backups as hosts take them. */
class IncrementalManagerTest {
    private final MemoryStorageClient store = new MemoryStorageClient();
    private final ConcurrentSkipListMap<String, String> orders = new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListMap<String, String> notes = new ConcurrentSkipListMap<>();

    private BackupManagerBuilder builder() {
        return BackupManager.builder()
                .storage(store)
                .database(MapDatabase.builder("orders")
                        .set("items", orders, Codec.utf8(), Codec.utf8())
                        .build())
                .database(MapDatabase.builder("notes")
                        .set("items", notes, Codec.utf8(), Codec.utf8())
                        .build());
    }

    private static void fill(Map<String, String> map, int count, int version) {
        for (int i = 0; i < count; i++) {
            map.put("key" + i, "value " + i + " of version " + version + " " + "x".repeat(i % 100));
        }
    }

    private static Map<String, Long> objects(StorageClient of, String prefix) throws IOException {
        Map<String, Long> sizes = new LinkedHashMap<>();
        try (Stream<StorageObject> objects = of.list(prefix)) {
            objects.forEach(each -> sizes.put(each.key(), each.size()));
        }
        return sizes;
    }

    private static Digest root(StorageClient of, Backup backup) throws IOException {
        FormatChain chain = FormatChain.parse(backup.format());
        try (InputStream in = chain.transforms()
                .decode(of.download(backup.objectName(), ByteRange.all()), TransformContext.of(backup.objectName()))) {
            TreeDocument document = TreeDocumentJson.decode(in.readAllBytes(), "test");
            return document.databases().get(0).root("items").map(Ref::digest).orElseThrow();
        }
    }

    private void assertRestores(BackupManager manager, Backup backup) throws IOException {
        Map<String, String> live = new TreeMap<>(orders);
        orders.clear();
        manager.restoreDatabase(backup.objectName());
        assertThat(new TreeMap<>(orders)).isEqualTo(live);
    }

    @Test
    void allEnginesGiveTheSameRootAndRestore(@TempDir Path folder) throws Exception {
        Map<String, Digest> roots = new LinkedHashMap<>();
        for (TestEngine.Kind kind : TestEngine.Kind.values()) {
            MemoryStorageClient own = new MemoryStorageClient();
            try (TestEngine engine = kind.open(folder, "orders");
                    BackupManager manager = BackupManager.builder()
                            .storage(own)
                            .database(engine.database())
                            .kind(BackupKind.INCREMENTAL)
                            .build()) {
                fill(orders, 3_000, 0);
                for (Map.Entry<String, String> entry : orders.entrySet()) {
                    engine.put("items", entry.getKey(), entry.getValue());
                }
                Backup first = manager.backupDatabase("orders");
                roots.put(kind.name(), root(own, first));
                engine.put("items", "key7", "changed");
                Backup second = manager.backupDatabase("orders");
                assertThat(root(own, second)).as("%s", kind).isNotEqualTo(root(own, first));

                manager.restoreDatabase(first.objectName());

                assertThat(root(own, manager.backupDatabase("orders")))
                        .as("%s", kind)
                        .isEqualTo(root(own, first));
            }
        }
        assertThat(roots.values()).as("%s", roots).containsOnly(roots.get("MAP"));
    }

    @Test
    void allDatabasesTogether() throws IOException {
        try (BackupManager manager = builder().kind(BackupKind.INCREMENTAL).build()) {
            fill(orders, 2_000, 0);
            fill(notes, 1_000, 0);
            manager.backupAllDatabases();
            long stored = sum(objects(store, "packs/full/"));
            orders.put("key1", "changed");
            Backup backup = manager.backupAllDatabases();

            assertThat(backup.objectName()).startsWith("backups/full/").endsWith(".tree.zst");
            assertThat(sum(objects(store, "packs/full/")) - stored).isLessThan(stored / 4);
            Map<String, String> live = new TreeMap<>(orders);
            orders.clear();
            notes.clear();
            manager.restoreAllDatabases(backup.objectName());
            assertThat(new TreeMap<>(orders)).isEqualTo(live);
            assertThat(notes).hasSize(1_000);
        }
    }

    private static long sum(Map<String, Long> sizes) {
        return sizes.values().stream().mapToLong(Long::longValue).sum();
    }

    @Test
    void severalStoresGetWhatEachLacks(@TempDir Path folder) throws IOException {
        MemoryStorageClient other = new MemoryStorageClient();
        BackupOptions both = BackupOptions.builder()
                .kind(BackupKind.INCREMENTAL)
                .alsoTo("offsite", other)
                .build();
        try (BackupManager manager = builder().temporaryDirectory(folder).build()) {
            fill(orders, 3_000, 0);
            manager.backupDatabase(
                    "orders",
                    BackupOptions.builder().kind(BackupKind.INCREMENTAL).build());
            orders.put("key1", "changed");
            Backup second = manager.backupDatabase("orders", both);
            assertThat(objects(other, "packs/")).as("packs are copied").isEqualTo(objects(store, "packs/"));

            String lost = objects(other, "packs/").keySet().iterator().next();
            other.delete(List.of(lost));
            orders.put("key2", "changed");
            Map<String, StoreOutcome> outcomes = manager.backupToStores("orders", both);

            assertThat(outcomes.values()).allMatch(outcome -> outcome.backup().isPresent());
            assertThat(objects(other, "packs/"))
                    .isEqualTo(objects(store, "packs/"))
                    .containsKey(lost);
            Backup third = outcomes.get("offsite").backup().orElseThrow();
            assertThat(root(other, third)).isEqualTo(root(store, third)).isNotEqualTo(root(store, second));
            assertRestores(manager, third);
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).as("temporary files").isEmpty();
        }
    }

    @Test
    void throughTemporaryFiles() throws IOException {
        try (BackupManager manager =
                builder().kind(BackupKind.INCREMENTAL).spool(true).build()) {
            fill(orders, 3_000, 0);
            manager.backupDatabase("orders");
            long stored = sum(objects(store, "packs/"));
            orders.put("key1", "changed");
            Backup second = manager.backupDatabase("orders");

            assertThat(sum(objects(store, "packs/")) - stored).isLessThan(stored / 4);
            assertRestores(manager, second);
        }
    }

    @Test
    void encryptedUnderAKeyOfTheLineage() throws IOException {
        EncryptionKeys keys = EncryptionKeys.ofPassword("correct horse battery staple".toCharArray());
        fill(orders, 3_000, 0);
        try (BackupManager manager =
                builder().kind(BackupKind.INCREMENTAL).encryption(keys).build()) {
            assertThat(manager.backupDatabase("orders").objectName()).endsWith(".tree.zst.enc");
        }
        long stored = sum(objects(store, "packs/"));
        orders.put("key1", "changed");
        try (BackupManager manager =
                builder().kind(BackupKind.INCREMENTAL).encryption(keys).build()) {
            Backup second = manager.backupDatabase("orders");
            assertThat(sum(objects(store, "packs/")) - stored)
                    .as("goes on after a restart")
                    .isLessThan(stored / 4);
            assertRestores(manager, second);

            Map<String, Long> before = objects(store, "packs/");
            Backup fresh = manager.backupDatabase(
                    "orders", BackupOptions.builder().newLineage(true).build());
            Map<String, Long> after = objects(store, "packs/");
            after.keySet().removeAll(before.keySet());
            assertThat(sum(after)).as("everything again").isGreaterThan(stored * 9 / 10);
            assertRestores(manager, fresh);
        }
    }

    @Test
    void kindAndChunkSizeAreSettings() throws IOException {
        fill(orders, 100, 0);
        Properties properties = new Properties();
        properties.setProperty("kvbackup.kind", "incremental");
        properties.setProperty("kvbackup.chunk-size", "8KiB");
        try (BackupManager manager = builder().properties(properties).build()) {
            assertThat(manager.backupDatabase("orders").kind()).isEqualTo(BackupKind.INCREMENTAL);
            assertThat(manager.backupDatabase(
                                    "orders",
                                    BackupOptions.builder()
                                            .kind(BackupKind.FULL)
                                            .build())
                            .kind())
                    .isEqualTo(BackupKind.FULL);
        }
        properties.setProperty("kvbackup.kind", "differential");
        assertThatThrownBy(() -> builder().properties(properties).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("full, incremental");
        for (int size : List.of(1023, 64 * 1024 + 1)) {
            assertThatThrownBy(() -> builder().chunkSize(size))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(String.valueOf(size));
        }
        assertThatThrownBy(() -> builder().format("tree.zst").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("kind INCREMENTAL");
    }

    @Test
    void fullBackupsDoNotMeetTrees() throws IOException {
        fill(orders, 100, 0);
        try (BackupManager manager = builder().build()) {
            Backup full = manager.backupDatabase("orders");
            Backup tree = manager.backupDatabase(
                    "orders",
                    BackupOptions.builder().kind(BackupKind.INCREMENTAL).build());

            assertThat(manager.listBackups("orders"))
                    .extracting(Backup::kind)
                    .containsExactly(BackupKind.INCREMENTAL, BackupKind.FULL);
            assertRestores(manager, full);
            assertRestores(manager, tree);
        }
    }
}

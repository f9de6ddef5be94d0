package com.example.modular;

import io.kvbackup.BackupManager;
import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.database.rocksdb.RocksDbDatabase;
import io.kvbackup.model.Backup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

/** Backs up a map and a RocksDB, loses both, restores both. */
public final class Main {
    public record Item(String name, int price) {}

    private Main() {}

    public static void main(String[] args) throws Exception {
        require(Main.class.getModule().isNamed(), "the host runs as a module");
        require(BackupManager.class.getModule().isNamed(), "the library runs as a module");
        Path folder = Path.of(args[0]);
        Files.createDirectories(folder);
        byte[] key = "key".getBytes(StandardCharsets.UTF_8);
        ConcurrentMap<String, Item> items = new ConcurrentHashMap<>(Map.of("a", new Item("apple", 3)));
        try (Options options = new Options().setCreateIfMissing(true);
                RocksDB rocks = RocksDB.open(options, folder.resolve("rocks").toString());
                BackupManager manager = BackupManager.builder()
                        .storage(folder.resolve("backups").toUri().toString())
                        .database(MapDatabase.builder("orders")
                                .set("items", items, Codec.utf8(), Codec.json(Item.class))
                                .build())
                        .database(RocksDbDatabase.builder("stock", rocks).build())
                        .build()) {
            rocks.put(key, key);
            Backup backup = manager.backupAllDatabases();
            require(backup.format().equals("cbor.zst"), "zstd is found on the module path");
            items.clear();
            rocks.delete(key);

            manager.restoreAllDatabases(backup.objectName());

            require(items.equals(Map.of("a", new Item("apple", 3))), "the map is back");
            require(rocks.get(key) != null, "the RocksDB is back");
            System.out.println("module path: restored " + backup.objectName());
        }
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError("not so: " + what);
        }
    }
}

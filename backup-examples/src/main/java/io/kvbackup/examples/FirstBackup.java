package io.kvbackup.examples;

// region first-backup
import io.kvbackup.BackupManager;
import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.model.Backup;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** A map, a backup of it, an accident, and a restore. */
public final class FirstBackup {
    record Item(String name, int price) {}

    public static void main(String[] args) throws IOException {
        // "file:///var/backups", "s3://bucket/prefix?region=eu-west-1", "gs://bucket/prefix"
        String storage = args.length > 0 ? args[0] : "mem:first-backup";
        ConcurrentMap<String, Item> items = new ConcurrentHashMap<>(Map.of("a", new Item("apple", 3)));

        try (BackupManager manager = BackupManager.builder()
                .storage(storage)
                .database(MapDatabase.builder("orders")
                        .set("items", items, Codec.utf8(), Codec.json(Item.class))
                        .build())
                .build()) {

            Backup backup = manager.backupDatabase("orders");
            items.clear(); // the accident
            manager.restoreDatabase(backup.objectName());

            System.out.println(items.get("a")); // Item[name=apple, price=3]
        }
    }
}
// endregion

package io.kvbackup.examples;

import io.kvbackup.BackupManager;
import io.kvbackup.BackupOptions;
import io.kvbackup.RestoreOptions;
import io.kvbackup.copy.CopyReport;
import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.model.Backup;
import io.kvbackup.model.StoreOutcome;
import io.kvbackup.storage.PrefixedStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.file.FileStorageClient;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Backups in two places: copied afterwards, or written at once; and a database that moves to another instance. */
public final class CopyToSecondStore {
    private final ConcurrentMap<String, String> items = new ConcurrentHashMap<>(Map.of("a", "apple"));
    private final ConcurrentMap<String, String> moved = new ConcurrentHashMap<>();
    private final PrintStream out;

    CopyToSecondStore(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] args) throws IOException {
        Path folder = Path.of("target", "copy-to-second-store");
        Folders.delete(folder);
        new CopyToSecondStore(System.out).run(Files.createDirectories(folder));
    }

    /** @param folder empty */
    void run(Path folder) throws IOException {
        try (StorageClient here = new FileStorageClient(folder.resolve("here"));
                StorageClient offsite = new FileStorageClient(folder.resolve("offsite"));
                BackupManager manager = manager(here, map("orders", items))) {
            Backup backup = manager.backupDatabase("orders");
            copy(manager, backup, offsite);
            writeToBoth(manager, offsite);
            migrate(manager, backup, here);
        }
    }

    private void copy(BackupManager manager, Backup backup, StorageClient offsite) throws IOException {
        // region copy
        CopyReport report =
                manager.copyBackup(backup.objectName(), offsite); // any StorageClient; verified at both ends
        out.println(report.way()); // THROUGH_THIS_PROCESS; a second time WAS_THERE
        // endregion
    }

    private void writeToBoth(BackupManager manager, StorageClient offsite) throws IOException {
        // region several-stores
        BackupOptions everywhere =
                BackupOptions.builder().alsoTo("offsite", offsite).build();
        manager.backupDatabase("orders", everywhere); // throws if one of the stores has no copy

        Map<String, StoreOutcome> outcomes = manager.backupToStores("orders", everywhere); // says which has
        outcomes.values().forEach(outcome -> out.println(outcome.store() + ": " + outcome.isStored()));
        // endregion
    }

    private void migrate(BackupManager manager, Backup backup, StorageClient here) throws IOException {
        // region migrate
        StorageClient partOfTheSameStore = new PrefixedStorageClient(here, "instances/two/");
        try (BackupManager two = manager(partOfTheSameStore, map("orders-moved", moved))) {
            manager.migrate(
                    backup.objectName(),
                    two,
                    RestoreOptions.builder().as("orders-moved").ifAbsent(true).build());
        }
        // endregion
        out.println("moved: " + moved);
    }

    private static BackupManager manager(StorageClient store, Database database) throws IOException {
        return BackupManager.builder().storage(store).database(database).build();
    }

    private static Database map(String name, ConcurrentMap<String, String> map) {
        return MapDatabase.builder(name)
                .set("items", map, Codec.utf8(), Codec.utf8())
                .build();
    }
}

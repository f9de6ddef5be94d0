package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.model.Backup;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.fake.CountingStorageClient;
import io.kvbackup.storage.fake.CountingStorageClient.Crash;
import io.kvbackup.storage.fake.CountingStorageClient.Moment;
import io.kvbackup.storage.file.FileStorageClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The process dies at every single request to the store, before, during and after it. */
class CrashTest {
    private static final Map<String, String> OLD = Map.of("a", "old", "b", "old");
    private static final Map<String, String> NEW = Map.of("b", "new", "c", "new");

    /**
     * What a process was doing when it died. The store holds one backup of the old state; the live state is the new.
     */
    private enum Work {
        BACKUP {
            @Override
            void run(BackupManager manager) throws IOException {
                manager.backupDatabase("orders");
            }
        },
        SPOOLED_BACKUP {
            @Override
            void run(BackupManager manager) throws IOException {
                manager.backupDatabase(
                        "orders", BackupOptions.builder().spool(true).build());
            }
        },
        BACKUP_OF_ALL {
            @Override
            void run(BackupManager manager) throws IOException {
                manager.backupAllDatabases();
            }
        },
        RESTORE {
            @Override
            void run(BackupManager manager) throws IOException {
                manager.restoreLatest("orders");
            }
        },
        RESTORE_OF_ALL {
            @Override
            void run(BackupManager manager) throws IOException {
                manager.restoreAllDatabases(manager.listBackups("orders").get(0).objectName());
            }
        },
        TAGGED_BACKUP {
            @Override
            void run(BackupManager manager) throws IOException {
                manager.backupDatabase(
                        "orders", BackupOptions.builder().tag("a").tag("b").build());
            }
        },
        PIN {
            @Override
            void run(BackupManager manager) throws IOException {
                manager.marks().pin(manager.listBackups("orders").get(0).objectName());
            }
        },
        DELETION {
            @Override
            void run(BackupManager manager) throws IOException {
                String name = manager.listBackups("orders").get(0).objectName();
                manager.marks().tag(name, "a");
                manager.marks().pin(name);
                manager.deleteBackup(name);
            }
        };

        abstract void run(BackupManager manager) throws IOException;
    }

    private final ConcurrentMap<String, String> live = new ConcurrentSkipListMap<>();

    @ParameterizedTest
    @EnumSource(Work.class)
    void inMemoryEveryListedBackupIsGoodAndTheLiveDataIsOldOrNew(Work work) throws Exception {
        int requests = requests(new MemoryStorageClient(), work);
        for (Moment moment : Moment.values()) {
            for (int request = 1; request <= requests; request++) {
                dieAndLookAround(new MemoryStorageClient(), work, request, moment);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"BACKUP", "DELETION"})
    @Tag("thorough")
    void inAFolderToo(Work work, @TempDir Path folder) throws Exception {
        int requests = requests(new FileStorageClient(folder.resolve("count")), work);
        for (Moment moment : Moment.values()) {
            for (int request = 1; request <= requests; request++) {
                dieAndLookAround(new FileStorageClient(folder.resolve(moment + "-" + request)), work, request, moment);
            }
        }
    }

    private int requests(StorageClient store, Work work) throws IOException {
        prepare(store);
        CountingStorageClient counting = new CountingStorageClient(store);
        try (BackupManager manager = manager(counting)) {
            work.run(manager);
        }
        assertThat(counting.total()).isPositive();
        return counting.total();
    }

    private void dieAndLookAround(StorageClient store, Work work, int request, Moment moment) throws IOException {
        String what = work + ", killed " + moment + " request " + request;
        prepare(store);
        try (BackupManager dying = manager(new CountingStorageClient(store).crashAt(request, moment))) {
            assertThat(catchThrowable(() -> work.run(dying))).as(what).isInstanceOf(Crash.class);
        } catch (Crash e) {
            // The dead do not close.
        }
        assertThat(Map.copyOf(live)).as(what).isIn(OLD, NEW);
        try (BackupManager next = manager(store)) {
            for (Backup backup : next.listBackups()) {
                next.verify(backup.objectName());
            }
            if (work == Work.TAGGED_BACKUP) {
                assertThat(next.listBackups())
                        .as(what)
                        .filteredOn(Backup::hasManifest)
                        .allSatisfy(backup -> assertThat(backup.tags().size()).isIn(0, 2));
            }
            if (work == Work.DELETION) {
                assertThat(next.listBackups()).as(what).allMatch(Backup::hasManifest);
            } else {
                assertThat(next.listBackups("orders"))
                        .as(what)
                        .filteredOn(Backup::hasManifest)
                        .isNotEmpty();
            }
            live.put("d", "newest");
            next.backupDatabase("orders");
            live.clear();
            next.restoreLatest("orders");
            assertThat(live).as(what).containsEntry("d", "newest");
        }
    }

    private void prepare(StorageClient store) throws IOException {
        become(OLD);
        try (BackupManager manager = manager(store)) {
            manager.backupDatabase("orders");
        }
        become(NEW);
    }

    private void become(Map<String, String> state) {
        live.clear();
        live.putAll(state);
    }

    private BackupManager manager(StorageClient store) throws IOException {
        return BackupManager.builder()
                .storage(store)
                .database(MapDatabase.builder("orders")
                        .set("items", live, Codec.utf8(), Codec.utf8())
                        .build())
                .build();
    }
}

package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseCatalog;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.job.JobStatus;
import io.kvbackup.job.JobTask;
import io.kvbackup.job.Schedule;
import io.kvbackup.model.Backup;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A name that nobody knows is refused everywhere in the same words, with the names that there are. */
class MisspeltNamesTest {
    private final MemoryStorageClient store = new MemoryStorageClient();

    private static Database database(String name) {
        return MapDatabase.builder(name)
                .set("items", new ConcurrentHashMap<>(Map.of("a", "1")), Codec.utf8(), Codec.utf8())
                .build();
    }

    private BackupManager manager(String... names) throws IOException {
        BackupManagerBuilder builder = BackupManager.builder().storage(store);
        List.of(names).forEach(name -> builder.database(database(name)));
        return builder.build();
    }

    @Test
    void everyWayIsRefusedWithTheNamesThatThereAre() throws Exception {
        try (BackupManager other = manager("users")) {
            other.backupDatabase("users");
        }
        try (BackupManager manager = manager("orders", "stock")) {
            Backup backup = manager.backupDatabase("orders");
            manager.backupAllDatabases();
            RestoreOptions asOders = RestoreOptions.builder().as("oders").build();
            Schedule daily = Schedule.every(Duration.ofDays(1));
            for (ThrowingCallable each : List.<ThrowingCallable>of(
                    () -> manager.backupDatabase("oders"),
                    () -> manager.backupToStores("oders", BackupOptions.defaults()),
                    () -> manager.backupTask("oders", BackupOptions.defaults()),
                    () -> manager.restoreDatabase(backup.objectName(), asOders),
                    () -> manager.restoreLatest("orders", asOders),
                    () -> manager.restoreLatest("oders"),
                    () -> manager.jobs().schedule("nightly", daily, JobTask.backup("oders")),
                    () -> manager.jobs().schedule("nightly", daily, JobTask.restoreLatest("oders")))) {
                assertThatThrownBy(each)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("no database 'oders' (did you mean 'orders'?); registered: [orders, stock]; in"
                                + " the store: [orders, stock, users]. Register it with"
                                + " BackupManager.builder().database(…)");
            }
            assertThat(manager.jobs().schedules()).isEmpty();
            assertThat(manager.jobs().submit(JobTask.backup("oders")).await().status())
                    .isEqualTo(JobStatus.ERROR);
        }
    }

    @Test
    void aKnownNameWithoutBackupIsEmptyAndAnUnknownOneIsNot() throws Exception {
        try (BackupManager manager = manager("orders", "stock")) {
            manager.backupDatabase("orders");
            assertThat(manager.restoreLatest("stock")).isEmpty();
            assertThatThrownBy(() -> manager.restoreLatest("zzz"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("no database 'zzz'; registered: [orders, stock]; in the store: [orders]");
        }
    }

    @Test
    void aCatalogsDatabasesComeAndGo() throws Exception {
        Set<String> names = ConcurrentHashMap.newKeySet();
        DatabaseCatalog catalog = new DatabaseCatalog() {
            @Override
            public Set<String> databaseNames() {
                return names;
            }

            @Override
            public Database database(String name) {
                return MisspeltNamesTest.database(name);
            }

            @Override
            public void dropDatabase(String name) {
                names.remove(name);
            }
        };
        try (BackupManager manager =
                BackupManager.builder().storage(store).databases(catalog).build()) {
            manager.jobs().schedule("nightly", Schedule.every(Duration.ofDays(1)), JobTask.backup("orders"));
            assertThatThrownBy(() -> manager.restoreLatest("orders"))
                    .hasMessageContainingAll("no database 'orders'", "those of the catalog");
            names.add("orders");
            assertThat(manager.restoreLatest("orders")).isEmpty();
            manager.backupDatabase("orders");
            names.clear();
            assertThat(manager.restoreLatest("orders")).isPresent();
        }
    }

    @Test
    void aWrongNameWithinABackupIsRefusedWithThoseThatItHolds() throws Exception {
        try (BackupManager manager = manager("orders", "stock")) {
            Backup all = manager.backupAllDatabases();
            assertThatThrownBy(() -> manager.restoreDatabase(
                            all.objectName(),
                            RestoreOptions.builder().database("stok").build()))
                    .hasMessageContainingAll("holds the databases [orders, stock]", "did you mean 'stock'?");
        }
    }
}

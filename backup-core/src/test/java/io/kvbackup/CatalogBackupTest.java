package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseCatalog;
import io.kvbackup.database.contract.DatabaseContents;
import io.kvbackup.database.contract.MemoryCatalog;
import io.kvbackup.model.Backup;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Databases that the host creates and drops at run time. */
class CatalogBackupTest {
    private final MemoryCatalog catalog = new MemoryCatalog();
    private final MemoryStorageClient storage = new MemoryStorageClient();
    private BackupManager manager;

    @BeforeEach
    void open() throws IOException {
        manager = BackupManager.builder().storage(storage).databases(catalog).build();
        fill("a", "key", "of a");
        fill("b", "key", "of b");
    }

    @AfterEach
    void close() throws IOException {
        manager.close();
    }

    private void fill(String database, String... entries) throws IOException {
        DatabaseContents.restore(
                catalog.database(database),
                DatabaseBackup.of(database, new SetBackup("items", Encoding.TEXT, Encoding.TEXT)),
                Map.of("items", DatabaseContents.entries(entries)));
    }

    @Test
    void allDatabasesThatExistAreBackedUpAndComeBackThoughTheyWereDropped() throws Exception {
        Backup backup = manager.backupAllDatabases();
        catalog.dropDatabase("a");
        fill("b", "key", "changed");

        manager.restoreAllDatabases(backup.objectName());

        assertThat(catalog.databaseNames()).containsExactlyInAnyOrder("a", "b");
        DatabaseContents.assertSame(
                DatabaseContents.of(catalog.database("a")).get("items"), DatabaseContents.entries("key", "of a"), "a");
    }

    @Test
    void databasesThatTheBackupDoesNotHoldStayUnlessTheyAreToBeDropped() throws Exception {
        Backup backup = manager.backupAllDatabases();
        fill("later", "key", "value");

        manager.restoreAllDatabases(backup.objectName());
        assertThat(catalog.databaseNames()).contains("later");
        RestoreOptions dropOthers = RestoreOptions.builder().dropOthers(true).build();
        assertThatThrownBy(() -> manager.restoreDatabase(backup.objectName(), dropOthers))
                .isInstanceOf(IllegalArgumentException.class);
        manager.restoreAllDatabases(backup.objectName(), dropOthers);

        assertThat(catalog.databaseNames()).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void setsThatTheBackupDoesNotHoldStayUnlessTheyAreToBeDropped() throws Exception {
        Backup one = manager.backupDatabase("a");
        Backup all = manager.backupAllDatabases();
        RestoreOptions dropOthers = RestoreOptions.builder().dropOthers(true).build();

        addSet("a", "later");
        manager.restoreDatabase(one.objectName());
        assertThat(sets("a")).containsExactlyInAnyOrder("items", "later");
        manager.restoreDatabase(one.objectName(), dropOthers);
        assertThat(sets("a")).containsExactly("items");

        addSet("b", "later");
        manager.restoreAllDatabases(all.objectName(), dropOthers);
        assertThat(sets("b")).containsExactly("items");
        RestoreOptions inPart = dropOthers.toBuilder().sets("items").build();
        assertThatThrownBy(() -> manager.restoreDatabase(one.objectName(), inPart))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("whole");
    }

    private void addSet(String database, String set) throws IOException {
        DatabaseContents.restore(
                catalog.database(database),
                DatabaseBackup.of(database, new SetBackup(set, Encoding.TEXT, Encoding.TEXT)),
                Map.of(set, DatabaseContents.entries("key", "value")));
    }

    private Set<String> sets(String database) {
        return catalog.database(database).content().orElseThrow().sets().keySet();
    }

    @Test
    void aRestoreCreatesADatabaseOfAnotherName() throws Exception {
        Backup backup = manager.backupDatabase("a");

        manager.restoreDatabase(
                backup.objectName(),
                RestoreOptions.builder().as("a-copy").ifAbsent(true).build());

        assertThat(catalog.databaseNames()).contains("a-copy");
    }

    @Test
    void aDryRunCreatesNothing() throws Exception {
        Backup backup = manager.backupDatabase("a");

        manager.restoreDatabase(
                backup.objectName(),
                RestoreOptions.builder().as("a-copy").dryRun(true).build());

        assertThat(catalog.databaseNames()).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void noDatabaseAtAllIsAnEmptyBackup() throws Exception {
        catalog.dropDatabase("a");
        catalog.dropDatabase("b");

        Backup backup = manager.backupAllDatabases();

        assertThat(manager.verify(backup.objectName()).entries()).isZero();
        manager.restoreAllDatabases(backup.objectName());
    }

    @Test
    void aDatabaseThatVanishesWhileItIsBackedUpIsAClearErrorAndNothingIsLeft() throws Exception {
        DatabaseCatalog vanishing = new DatabaseCatalog() {
            @Override
            public Set<String> databaseNames() throws IOException {
                return Set.of("a", "gone");
            }

            @Override
            public Database database(String name) throws IOException {
                return catalog.database(name);
            }

            @Override
            public void dropDatabase(String name) throws IOException {
                catalog.dropDatabase(name);
            }
        };
        try (BackupManager other =
                BackupManager.builder().storage(storage).databases(vanishing).build()) {
            assertThatThrownBy(other::backupAllDatabases)
                    .isInstanceOf(NoSuchFileException.class)
                    .hasMessageContaining("gone");
        }
        assertThat(storage.list("backups/")).isEmpty();
    }

    @Test
    void anUnknownDatabaseIsNamedInTheError() {
        assertThatThrownBy(() -> manager.backupDatabase("nobody"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'nobody'");
    }
}

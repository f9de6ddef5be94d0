package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseCatalog;
import io.kvbackup.database.contract.MemoryCatalog;
import io.kvbackup.model.Backup;
import io.kvbackup.retention.RetentionPolicy;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.verify.VerifyDueOptions;
import java.io.IOException;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A name that one place refuses is not taken by another, where it would silently mean nothing. */
class UnusableNamesTest {
    @Test
    void aPolicyKeepsTagsThatBackupsCanHaveAndNoOthers() throws IOException {
        long seed = 20261128;
        Random random = new Random(seed);
        try (BackupManager manager = BackupManager.builder()
                .storage(new MemoryStorageClient())
                .databases(new MemoryCatalog())
                .build()) {
            String backup = manager.backupAllDatabases().objectName();
            for (int i = 0; i < 500; i++) {
                String tag = random.ints(i % 10 == 0 ? 62 + random.nextInt(5) : random.nextInt(4), 0, 9)
                        .mapToObj(c -> "aZ0.-_ \né".substring(c, c + 1))
                        .reduce("", String::concat);
                Throwable refusal = catchThrowable(() -> manager.marks().tag(backup, tag));
                Throwable kept = catchThrowable(() -> RetentionPolicy.builder().keepTag(tag));
                assertThat(kept == null).as("seed %d, tag '%s'", seed, tag).isEqualTo(refusal == null);
            }
        }
    }

    @Test
    void verificationsAreNotLimitedToDatabasesThatCannotBe() {
        VerifyDueOptions.Builder options = VerifyDueOptions.builder();
        assertThat(options.databases("orders", Backup.ALL_DATABASES)).isSameAs(options);
        for (String name : new String[] {"", "a/b", "..", "a\n"}) {
            assertThatThrownBy(() -> options.databases("orders", name))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("database name");
        }
    }

    @Test
    void aCatalogGivesTheDatabaseThatItIsAskedFor() throws IOException {
        DatabaseCatalog wrong = new DatabaseCatalog() {
            private final MemoryCatalog databases = new MemoryCatalog();

            @Override
            public Set<String> databaseNames() {
                return Set.of("orders");
            }

            @Override
            public Database database(String name) {
                return databases.database("../" + name);
            }

            @Override
            public void dropDatabase(String name) {
                databases.dropDatabase(name);
            }
        };
        try (BackupManager manager = BackupManager.builder()
                .storage(new MemoryStorageClient())
                .databases(wrong)
                .build()) {
            assertThatThrownBy(() -> manager.backupDatabase("orders"))
                    .hasMessageContainingAll("'orders'", "'../orders'");
            assertThatThrownBy(manager::backupAllDatabases).hasMessageContaining("'../orders'");
            assertThat(manager.listBackups()).isEmpty();
        }
    }
}

package io.kvbackup.database.contract;

import static io.kvbackup.database.contract.DatabaseContents.entries;
import static io.kvbackup.database.contract.DatabaseContents.restore;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseCatalog;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.model.DatabaseBackup;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The promises of {@link DatabaseCatalog} as tests; extend it and run it against your own, empty for each test. */
public abstract class DatabaseCatalogContract {
    /** The same catalog at each call. */
    protected abstract DatabaseCatalog catalog();

    /** Describes a database of that name with one set that the catalog's databases take. */
    protected abstract DatabaseBackup header(String name);

    @Test
    void askingForADatabaseCreatesNothing() throws IOException {
        Database absent = catalog().database("orders");

        assertThat(absent.name()).isEqualTo("orders");
        assertThatThrownBy(absent::openSnapshot).isInstanceOf(NoSuchFileException.class);
        assertThat(catalog().databaseNames()).isEmpty();
    }

    @Test
    void aDatabaseComesIntoBeingWhenARestoreCommits() throws IOException {
        DatabaseBackup header = header("orders");
        String set = header.sets().keySet().iterator().next();
        Database database = catalog().database("orders");
        try (DatabaseRestore restore = database.beginRestore(header)) {
            restore.set(set).visit(new byte[] {1}, new byte[] {2});
            assertThat(catalog().databaseNames()).isEmpty();
            restore.commit();
        }

        assertThat(catalog().databaseNames()).containsExactly("orders");
        assertThat(DatabaseContents.of(database).get(set)).hasSize(1);
    }

    @Test
    void anAbandonedRestoreCreatesNothing() throws IOException {
        catalog().database("orders").beginRestore(header("orders")).close();

        assertThat(catalog().databaseNames()).isEmpty();
    }

    @Test
    void aDroppedDatabaseIsGoneAndMayComeBack() throws IOException {
        DatabaseBackup header = header("orders");
        String set = header.sets().keySet().iterator().next();
        restore(catalog().database("orders"), header, Map.of(set, entries("a", "1")));

        catalog().dropDatabase("orders");
        assertThat(catalog().databaseNames()).isEmpty();
        Database gone = catalog().database("orders");
        assertThatThrownBy(gone::openSnapshot).isInstanceOf(NoSuchFileException.class);

        restore(gone, header, Map.of(set, entries("b", "2")));
        assertThat(DatabaseContents.of(gone).get(set)).hasSize(1);
    }

    @Test
    void droppingWhatDoesNotExistDoesNothing() {
        assertThatCode(() -> catalog().dropDatabase("never")).doesNotThrowAnyException();
    }
}

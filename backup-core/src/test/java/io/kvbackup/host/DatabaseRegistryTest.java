package io.kvbackup.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.contract.MemoryDatabase;
import io.kvbackup.storage.MemoryStorageClient;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DatabaseRegistryTest {
    private static final MemoryStorageClient STORE = new MemoryStorageClient();

    private static String fingerprint(String name) {
        return new DatabaseRegistry(Map.of(name, new MemoryDatabase(name)), Optional.empty(), STORE, STORE)
                .fingerprint();
    }

    /** These two have one CRC32C. Hosts with one fingerprint take turns, so that one of them would have no backups. */
    @Test
    void hostsOfOtherDatabasesHaveAnotherFingerprint() {
        assertThat(fingerprint("db-1441e896"))
                .isEqualTo(fingerprint("db-1441e896"))
                .isNotEqualTo(fingerprint("db-fca1a963"));
    }
}

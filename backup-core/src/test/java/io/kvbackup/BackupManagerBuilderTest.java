package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.contract.MemoryDatabase;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** T18: whatever makes no sense is refused when the manager is built. */
class BackupManagerBuilderTest {
    private final BackupManagerBuilder builder = BackupManager.builder();

    @Test
    void aManagerNeedsAStore() {
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("KVBACKUP_STORAGE");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ftp://host/x        | 'ftp'",
                "mem:x?colour=red    | 'colour'",
                "no-scheme           | no scheme",
                "s3://bucket/a b     | malformed",
                "file:///x?a=1&a=2   | twice",
            })
    void t18_aStoreThatMakesNoSenseIsRefused(String uri, String reason) {
        assertThatThrownBy(() -> builder.storage(uri).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yaml", "zst", "cbor.", "cbor.lz4", ".json..gz", "json.cbor"})
    void t18_aFormatThatMakesNoSenseIsRefused(String format) {
        assertThatThrownBy(() -> builder.format(format))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unknown");
    }

    @ParameterizedTest
    @ValueSource(strings = {"full", "a/b", "", "tab\tbed"})
    void aDatabaseNameThatCannotBeFiledIsRefused(String name) {
        assertThatThrownBy(() -> builder.database(new MemoryDatabase(name)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("database name");
    }

    @Test
    void twoDatabasesOfOneNameAreRefused() {
        builder.database(new MemoryDatabase("orders"));

        assertThatThrownBy(() -> builder.database(new MemoryDatabase("orders")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'orders'");
    }

    @Test
    void aValueIsSetOnce() {
        builder.storage("mem:a");

        assertThatThrownBy(() -> builder.storage("mem:b"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("storage");
    }

    @Test
    void whatIsSetInCodeGoesBeforePropertiesAndThoseBeforeTheEnvironment() throws Exception {
        Properties properties = new Properties();
        properties.setProperty("kvbackup.format", "json");
        properties.setProperty("kvbackup.storage", "ftp://never-opened");
        try (BackupManager manager = builder.storage("mem:precedence")
                .properties(properties)
                .environment(Map.of("KVBACKUP_FORMAT", "tar", "HOME", "x"))
                .database(MemoryDatabase.of("orders"))
                .build()) {
            assertThat(manager.backupDatabase("orders").format()).isEqualTo("json");
        }
    }

    @Test
    void theDefaultFormatIsCborWithZstandard() throws Exception {
        try (BackupManager manager = builder.storage("mem:default-format")
                .database(MemoryDatabase.of("orders"))
                .build()) {
            assertThat(manager.backupDatabase("orders").format()).isEqualTo("cbor.zst");
        }
    }
}

package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.contract.MemoryDatabase;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
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
    void limitsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> builder.uploadLimit(0)).hasMessageContaining("not 0");
        assertThatThrownBy(() -> builder.downloadLimit(-1)).hasMessageContaining("not -1");
        builder.uploadLimit(1).downloadLimit(1);
        assertThatThrownBy(() -> builder.uploadLimit(2)).hasMessageContaining("uploadLimit");
        assertThatThrownBy(() -> BackupManager.builder()
                        .storage("mem:limits")
                        .environment(Map.of("KVBACKUP_UPLOAD_LIMIT", "0"))
                        .build())
                .hasMessageContaining("KVBACKUP_UPLOAD_LIMIT");
    }

    /** 60 KiB of random bytes, which do not compress, at 100 KiB per second with bursts of 10 KiB. */
    @Test
    void backupsAndRestoresKeepToTheirLimits() throws Exception {
        byte[] value = new byte[60 * 1024];
        new Random(1).nextBytes(value);
        NavigableMap<byte[], byte[]> entries = new TreeMap<>(Arrays::compareUnsigned);
        entries.put(new byte[] {1}, value);
        MemoryDatabase orders =
                MemoryDatabase.of("orders", new SetBackup("items", Encoding.BINARY, Encoding.BINARY, entries));
        try (BackupManager manager = builder.storage("mem:limited")
                .uploadLimit(100 * 1024)
                .environment(Map.of("KVBACKUP_DOWNLOAD_LIMIT", "100KiB"))
                .database(orders)
                .build()) {
            long start = System.nanoTime();
            String name = manager.backupDatabase("orders").objectName();
            long backedUp = System.nanoTime();
            manager.verify(name);
            long verified = System.nanoTime();

            assertThat(Duration.ofNanos(backedUp - start)).isGreaterThan(Duration.ofMillis(450));
            assertThat(Duration.ofNanos(verified - backedUp)).isGreaterThan(Duration.ofMillis(450));
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

package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.model.Backup;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Archives of the FuckBase project: no manifest beside them, pretty-printed, keys in any order. */
class ForeignArchiveTest {
    private static final String SHOP = """
            {
              "name": "shop",
              "sets": {
                "products": {
                  "name": "products",
                  "data": {
                    "zeta": {
                      "name": "Zeta \\u00e9",
                      "tags": [ "a", null, true ],
                      "price": 12345678901234567890.123456789
                    },
                    "alpha": 9007199254740993,
                    "": null,
                    "日本": "text with  two spaces"
                  }
                }
              },
              "indexes": {
                "by_price": { "name": "by_price", "set_name": "products", "field": "price",
                              "type": 1, "sort_fields": ["price"] }
              },
              "auth": { "Username": "admin", "Password": "hush", "Enabled": true }
            }
            """;

    private final MemoryStorageClient storage = new MemoryStorageClient();
    private final ConcurrentMap<String, byte[]> products = new ConcurrentHashMap<>();
    private final AtomicReference<DatabaseBackup> restored = new AtomicReference<>();
    private BackupManager manager;

    @BeforeEach
    void open() throws IOException {
        manager = BackupManager.builder()
                .storage(storage)
                .database(MapDatabase.builder("shop")
                        .set("products", products, Codec.utf8(), Codec.bytes())
                        .onRestored(restored::set)
                        .build())
                .build();
    }

    @AfterEach
    void close() throws IOException {
        manager.close();
    }

    @Test
    void aBareDatabaseRestoresExactly() throws Exception {
        put("backups/shop/20260321-101500.json", SHOP.getBytes(StandardCharsets.UTF_8));
        products.put("stale", new byte[0]);

        manager.restoreDatabase("backups/shop/20260321-101500.json");

        assertThat(text())
                .isEqualTo(Map.of(
                        "zeta",
                                "{\"name\":\"Zeta "
                                        + "\\u00e9\",\"tags\":[\"a\",null,true],\"price\":12345678901234567890."
                                        + "123456789}",
                        "alpha", "9007199254740993",
                        "", "null",
                        "日本", "\"text with  two spaces\""));
        assertThat(restored.get().indexes().get("by_price").sortFields()).containsExactly("price");
        assertThat(restored.get().auth().password()).isEqualTo("hush");
    }

    @Test
    void aFullBackupRestoresWithItsSummaryFirstOrLast() throws Exception {
        String metadata = "\"metadata\": {\"timestamp\": \"2026-03-21T10:15:00.123456789Z\", \"version\": \"1.0.0\","
                + " \"database_count\": 1, \"set_count\": 1, \"entry_count\": 4}";
        String databases = "\"databases\": {\"shop\": " + SHOP + "}";
        put(
                "backups/full/20260321-101500.json",
                ("{" + metadata + "," + databases + "}").getBytes(StandardCharsets.UTF_8));
        put(
                "backups/full/20260321-101501.json",
                ("{" + databases + "," + metadata + "}").getBytes(StandardCharsets.UTF_8));

        for (Backup backup : manager.listBackups()) {
            products.clear();
            manager.restoreAllDatabases(backup.objectName());
            assertThat(products).as(backup.objectName()).hasSize(4);
        }
        assertThat(manager.load("backups/full/20260321-101500.json").metadata().timestamp())
                .hasToString("2026-03-21T10:15:00.123456789Z");
    }

    @Test
    void itIsListedAndMarkedAsHavingNoManifest() throws Exception {
        put("backups/shop/20260321-101500.json", SHOP.getBytes(StandardCharsets.UTF_8));

        assertThat(manager.listBackups("shop")).singleElement().satisfies(backup -> {
            assertThat(backup.hasManifest()).isFalse();
            assertThat(backup.timestamp()).hasToString("2026-03-21T10:15:00Z");
            assertThat(manager.describe(backup.objectName())).isEqualTo(backup);
            assertThat(manager.verify(backup.objectName()).entries()).isEqualTo(4);
            assertThat(manager.restoreLatest("shop")).map(Backup::objectName).contains(backup.objectName());
        });
    }

    @Test
    void anyObjectWithAKnownExtensionCanBeRestored() throws Exception {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
            gzip.write(SHOP.getBytes(StandardCharsets.UTF_8));
        }
        put("old/shop-final.v2.json.gz", zipped.toByteArray());

        manager.restoreDatabase("old/shop-final.v2.json.gz");

        assertThat(products).hasSize(4);
    }

    @Test
    void ofSeveralEntriesWithOneKeyTheLastWins() throws Exception {
        put(
                "dup.json",
                "{\"name\":\"shop\",\"sets\":{\"products\":{\"name\":\"products\",\"data\":{\"k\":1,\"a\":0,\"k\":2}}}}"
                        .getBytes(StandardCharsets.UTF_8));

        manager.restoreDatabase("dup.json");

        assertThat(text()).isEqualTo(Map.of("a", "0", "k", "2"));
    }

    @Test
    void aCutOffArchiveIsRefusedAndChangesNothing() throws Exception {
        products.put("live", new byte[] {1});
        byte[] whole = SHOP.strip().getBytes(StandardCharsets.UTF_8);
        for (int length = 0; length < whole.length; length++) {
            put("backups/shop/20260321-101500.json", java.util.Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> manager.restoreDatabase("backups/shop/20260321-101500.json"))
                    .as("cut off after %d bytes", length)
                    .isInstanceOf(CorruptBackupException.class);
        }
        assertThat(products).containsOnlyKeys("live");
    }

    private Map<String, String> text() {
        return products.entrySet().stream()
                .collect(java.util.stream.Collectors.toMap(
                        Map.Entry::getKey, entry -> new String(entry.getValue(), StandardCharsets.UTF_8)));
    }

    private void put(String key, byte[] bytes) throws IOException {
        storage.upload(key, ContentWriter.of(bytes), PutCondition.none());
    }
}

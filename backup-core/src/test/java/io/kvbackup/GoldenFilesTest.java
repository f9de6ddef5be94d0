package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.IndexBackup;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.file.FileStorageClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Archives and manifests of every version that was ever written lie in the test resources, and are read for ever. They
 * are written by {@link #main}, once for each version, and never again.
 */
class GoldenFilesTest {
    private static final byte[] SECRET = EncryptedHost.secret(42);
    private static final Map<String, String> ENTRIES = Map.of("a", "{\"price\":3}", "\u00e4", "[1,2.50]", "", "null");

    private final ConcurrentMap<String, String> live = new ConcurrentHashMap<>();

    private static String folder(String version) {
        return "golden/" + version + "/";
    }

    private static String name(String version) {
        return "backups/orders/2026-11-25T12:00:00.000Z.cbor.zst" + (version.equals("2") ? ".enc" : "");
    }

    private BackupManagerBuilder builder(String version) {
        Codec<String> json = Codec.of(
                Encoding.JSON,
                text -> text.getBytes(StandardCharsets.UTF_8),
                bytes -> new String(bytes, StandardCharsets.UTF_8));
        BackupManagerBuilder builder = BackupManager.builder()
                .database(MapDatabase.builder("orders")
                        .set("items", live, Codec.utf8(), json)
                        .index(new IndexBackup("by-price", "items", "price", 0, List.of()))
                        .build());
        return version.equals("2") ? builder.encryption(EncryptionKeys.ofRaw("golden", SECRET)) : builder;
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "2"})
    void whatOlderVersionsHaveWrittenIsRestored(String version) throws IOException {
        MemoryStorageClient storage = new MemoryStorageClient();
        String archive = name(version);
        for (String object : List.of(archive, archive + ".manifest.json")) {
            String file = folder(version)
                    + object.substring(object.lastIndexOf('/') + 1).replace(':', '_');
            try (InputStream in = GoldenFilesTest.class.getResourceAsStream(file)) {
                byte[] bytes = Objects.requireNonNull(in, file).readAllBytes();
                storage.upload(object, ContentWriter.of(bytes), PutCondition.none());
            }
        }
        try (BackupManager manager = builder(version).storage(storage).build()) {
            assertThat(manager.verify(archive).entries()).isEqualTo(3);
            manager.restoreDatabase(archive);
        }
        assertThat(new TreeMap<>(live)).isEqualTo(new TreeMap<>(ENTRIES));
    }

    /** Argument: the folder of test resources to write to. */
    public static void main(String[] args) throws IOException {
        for (String version : List.of("1", "2")) {
            GoldenFilesTest test = new GoldenFilesTest();
            test.live.putAll(ENTRIES);
            Path folder = Files.createDirectories(Path.of(args[0], folder(version)));
            Path store = Files.createTempDirectory("golden");
            try (FileStorageClient storage = new FileStorageClient(store);
                    BackupManager manager = test.builder(version)
                            .storage(storage)
                            .clock(new TestClock(Instant.parse("2026-11-25T12:00:00Z")))
                            .build()) {
                String archive = manager.backupDatabase("orders").objectName();
                for (String object : List.of(archive, archive + ".manifest.json")) {
                    String file = object.substring(object.lastIndexOf('/') + 1).replace(':', '_');
                    try (InputStream in = storage.download(object, ByteRange.all())) {
                        Files.write(folder.resolve(file), in.readAllBytes());
                    }
                }
            }
        }
    }
}

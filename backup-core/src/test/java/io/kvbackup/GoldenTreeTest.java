package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Stores with incremental backups of manifest version 3, two in a row, lie in the test resources, and are read for
 * ever. They are written by {@link #main}, once, and never again.
 */
class GoldenTreeTest {
    private static final byte[] SECRET = EncryptedHost.secret(42);
    private static final String INDEX = "objects.txt";

    private final Map<String, String> live = new ConcurrentHashMap<>();

    private static String folder(boolean encrypted) {
        return "golden/3" + (encrypted ? "-encrypted" : "") + "/";
    }

    /** Some chunks and one level of nodes; then one value, one key more and one less. */
    private static Map<String, String> content(int backup) {
        Map<String, String> content = new TreeMap<>();
        for (int i = 0; i < 1_500; i++) {
            content.put(String.format("key%05d", i), "value " + (i * 7919L) % 1_000_003);
        }
        if (backup == 2) {
            content.put("key00700", "another value");
            content.put("key00700x", "one more");
            content.remove("key01200");
        }
        return content;
    }

    private BackupManager manager(StorageClient storage, TestClock clock, boolean encrypted) throws IOException {
        BackupManagerBuilder builder = BackupManager.builder()
                .storage(storage)
                .clock(clock)
                .kind(BackupKind.INCREMENTAL)
                .database(MapDatabase.builder("orders")
                        .set("items", live, Codec.utf8(), Codec.utf8())
                        .build());
        return (encrypted ? builder.encryption(EncryptionKeys.ofRaw("golden", SECRET)) : builder).build();
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = GoldenTreeTest.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatVersion3HasWrittenIsReadAndBuiltUpon(boolean encrypted) throws IOException {
        MemoryStorageClient storage = new MemoryStorageClient();
        String index = new String(resource(folder(encrypted) + INDEX), StandardCharsets.UTF_8);
        for (String line : index.lines().toList()) {
            String[] parts = line.split(" ", 2);
            storage.upload(parts[1], ContentWriter.of(resource(folder(encrypted) + parts[0])), PutCondition.none());
        }
        TestClock clock = new TestClock(Instant.parse("2026-11-25T14:00:00Z"));
        try (BackupManager manager = manager(storage, clock, encrypted)) {
            List<Backup> backups = manager.listBackups("orders");
            assertThat(backups).hasSize(2);
            for (int i = 1; i <= 2; i++) {
                String name = backups.get(2 - i).objectName();
                manager.verify(name, VerifyLevel.STORED);
                assertThat(manager.verify(name, VerifyLevel.DRILL).entries()).isEqualTo(1_500);
                manager.restoreDatabase(name);
                assertThat(new TreeMap<>(live)).isEqualTo(content(i));
            }
            List<String> packs = packs(storage);

            manager.backupDatabase("orders");

            assertThat(packs(storage))
                    .as("chunks, nodes and digests of equal content are what they always were")
                    .isEqualTo(packs);
        }
    }

    private static List<String> packs(StorageClient storage) throws IOException {
        try (Stream<StorageObject> all = storage.list("packs/")) {
            return all.map(StorageObject::key).toList();
        }
    }

    /** Argument: the folder of test resources to write to. */
    public static void main(String[] args) throws IOException {
        for (boolean encrypted : new boolean[] {false, true}) {
            GoldenTreeTest test = new GoldenTreeTest();
            Path folder = Files.createDirectories(Path.of(args[0], folder(encrypted)));
            MemoryStorageClient storage = new MemoryStorageClient();
            TestClock clock = new TestClock(Instant.parse("2026-11-25T12:00:00Z"));
            try (BackupManager manager = test.manager(storage, clock, encrypted)) {
                for (int i = 1; i <= 2; i++) {
                    test.live.clear();
                    test.live.putAll(content(i));
                    manager.backupDatabase("orders");
                    clock.advanceSeconds(3600);
                }
            }
            List<String> index = new ArrayList<>();
            try (Stream<StorageObject> all = storage.list("")) {
                for (StorageObject object : all.toList()) {
                    String file = object.key()
                            .substring(object.key().lastIndexOf('/') + 1)
                            .replace(':', '_');
                    try (InputStream in = storage.download(object.key(), ByteRange.all())) {
                        Files.write(folder.resolve(file), in.readAllBytes());
                    }
                    index.add(file + " " + object.key());
                }
            }
            Files.write(folder.resolve(INDEX), index);
        }
    }
}

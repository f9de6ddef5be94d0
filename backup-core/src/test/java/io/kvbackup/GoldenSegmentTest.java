package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.format.log.SegmentSpan;
import io.kvbackup.format.log.TimelineId;
import io.kvbackup.repository.log.LogNames;
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
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Stores with a base and its log of version 1, two segments and the one they were merged to, lie in the test resources,
 * and are read for ever. They are written by {@link #main}, once, and never again.
 */
class GoldenSegmentTest {
    private static final EncryptionKeys KEYS = EncryptionKeys.ofRaw("golden", EncryptedHost.secret(43));
    private static final String INDEX = "objects.txt";
    private static final long BEGIN = Instant.parse("2026-11-20T12:00:00Z").toEpochMilli();

    private static final SegmentSpan MERGED = new SegmentSpan(1_000, 1_004, BEGIN, BEGIN + 4);

    private final Map<String, String> first = new ConcurrentHashMap<>();
    private final Map<String, String> second = new ConcurrentHashMap<>();

    private static String folder(boolean encrypted) {
        return "golden/log" + (encrypted ? "-encrypted" : "") + "/";
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = GoldenSegmentTest.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }

    /** The times of the commits, and what the database is after each. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatVersion1HasWrittenIsRestored(boolean encrypted) throws IOException {
        MemoryStorageClient storage = new MemoryStorageClient();
        String index = new String(resource(folder(encrypted) + INDEX), StandardCharsets.UTF_8);
        for (String line : index.lines().toList()) {
            String[] parts = line.split(" ", 2);
            storage.upload(parts[1], ContentWriter.of(resource(folder(encrypted) + parts[0])), PutCondition.none());
        }
        requireAll(storage, encrypted);
        storage.delete(List.of(LogNames.segment(LogHost.NAME, timeline(index), MERGED)));
        requireAll(storage, encrypted);
    }

    private static TimelineId timeline(String index) {
        String folder = " " + LogNames.folder(LogHost.NAME);
        int begin = index.indexOf(folder) + folder.length();
        return TimelineId.parse(index.substring(begin, index.indexOf('/', begin)))
                .orElseThrow();
    }

    private void requireAll(StorageClient storage, boolean encrypted) throws IOException {
        restored(storage, encrypted, BEGIN, Map.of("a", "base", "b", "base"), Map.of());
        restored(storage, encrypted, BEGIN + 1, Map.of("a", "1", "b", "base"), Map.of("x", "1"));
        restored(storage, encrypted, BEGIN + 2, Map.of("b", "base"), Map.of("x", "1"));
        restored(storage, encrypted, BEGIN + 3, Map.of("c", "3"), Map.of("x", "1"));
        restored(storage, encrypted, BEGIN + 4, Map.of("c", "3"), Map.of());
    }

    private void restored(
            StorageClient storage,
            boolean encrypted,
            long millis,
            Map<String, String> expectedFirst,
            Map<String, String> expectedSecond)
            throws IOException {
        BackupManagerBuilder builder = BackupManager.builder()
                .storage(storage)
                .database(MapDatabase.builder(LogHost.NAME)
                        .set("first", first, Codec.utf8(), Codec.utf8())
                        .set("second", second, Codec.utf8(), Codec.utf8())
                        .build());
        try (BackupManager manager = (encrypted ? builder.encryption(KEYS) : builder).build()) {
            manager.restoreAsOf(LogHost.NAME, Instant.ofEpochMilli(millis));
        }
        assertThat(first).isEqualTo(expectedFirst);
        assertThat(second).isEqualTo(expectedSecond);
    }

    private static void write(StorageClient storage, boolean encrypted, Path temporary) throws IOException {
        ExecutorService executor = Executors.newCachedThreadPool();
        LogHost host = new LogHost(
                storage, temporary, encrypted ? Optional.of(KEYS) : Optional.empty(), executor, new LogHost.Millis());
        host.live.get("first").putAll(Map.of("a", "base", "b", "base"));
        host.begin("golden", null);
        host.base();
        host.put("first", "a", "1");
        host.put("second", "x", "1");
        host.commit();
        host.delete("first", "a");
        host.commit();
        host.ship();
        host.deleteRange("first", "a", "c");
        host.put("first", "c", "3");
        host.commit();
        host.deleteRange("second", "a", null);
        host.commit();
        host.ship();
        host.merge(0, 2, false);
        executor.shutdown();
    }

    /** Arguments: the folder of test resources to write to, one for temporary files. */
    public static void main(String[] args) throws IOException {
        for (boolean encrypted : new boolean[] {false, true}) {
            Path folder = Files.createDirectories(Path.of(args[0], folder(encrypted)));
            MemoryStorageClient storage = new MemoryStorageClient();
            write(storage, encrypted, Path.of(args[1]));
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

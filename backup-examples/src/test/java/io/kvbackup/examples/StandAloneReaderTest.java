package io.kvbackup.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.github.luben.zstd.ZstdInputStream;
import io.kvbackup.BackupManager;
import io.kvbackup.BackupManagerBuilder;
import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One file of Java that knows nothing of this library, in a virtual machine that has nothing of it, reads its archives. */
class StandAloneReaderTest {
    private static final Path READER = Path.of("..", "docs", "reader", "KvbackupReader.java");
    private static final JsonMapper JSON = new JsonMapper();

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final byte[] secret = bytes(32);
    private final ConcurrentMap<String, String> json = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, String> text = new ConcurrentHashMap<>();
    private final ConcurrentMap<byte[], byte[]> binary = new ConcurrentSkipListMap<>(Arrays::compareUnsigned);

    @TempDir
    private Path folder;

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @BeforeEach
    void fill() {
        json.put("", "[]");
        json.put(
                "nested \"quotes\" \\ \u00e4\ud83d\ude00\u0001",
                "{\"a\":[1,2.50,{\"b\":\"]}\\\"\\u00e4\"}],\"c\":null}");
        json.put("number", "-1.5e300");
        json.put("a/very/long/key".repeat(20), "true");
        for (int i = 0; i < 3000; i++) {
            json.put(
                    "key-" + i,
                    "{\"n\":" + random.nextInt() + ",\"s\":\""
                            + Base64.getEncoder().encodeToString(bytes(30)) + "\"}");
            text.put("t" + i, "line\n\t\"" + i + "\" \u20ac" + "x".repeat(random.nextInt(40)));
            binary.put(bytes(1 + random.nextInt(20)), bytes(random.nextInt(200)));
        }
        binary.put(new byte[0], new byte[0]);
    }

    private BackupManagerBuilder builder() {
        Codec<String> utf8 = Codec.utf8();
        Codec<String> rawJson = Codec.of(
                io.kvbackup.model.Encoding.JSON, value -> value.getBytes(UTF_8), bytes -> new String(bytes, UTF_8));
        return BackupManager.builder()
                .storage(new MemoryStorageClient())
                .database(MapDatabase.builder("orders")
                        .set("items, as \"json\"", json, utf8, rawJson)
                        .set("notes", text, utf8, utf8)
                        .build())
                .database(MapDatabase.builder("blobs")
                        .set("bytes", binary, Codec.bytes(), Codec.bytes())
                        .build());
    }

    private Map<String, String> expected() {
        Map<String, String> all = new HashMap<>();
        json.forEach((key, value) -> all.put("orders|items, as \"json\"|" + key, value));
        text.forEach((key, value) -> all.put("orders|notes|" + key, value));
        binary.forEach((key, value) -> all.put("blobs|bytes|" + base64(key), base64(value)));
        return all;
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "json.gz.zst", "cbor.zst", "tar.gz", "cbor.zst.enc"})
    void everyRecordOfEveryFormatComesOut(String format) throws Exception {
        BackupManagerBuilder builder = builder().format(format);
        if (format.endsWith(".enc")) {
            builder.encryption(EncryptionKeys.ofRaw("k1", secret));
        }
        Path archive = folder.resolve("archive." + format);
        Path key = Files.write(folder.resolve("key"), secret);
        try (BackupManager manager = builder.build()) {
            manager.downloadFile(manager.backupAllDatabases().objectName(), archive);
        }
        Map<String, String> found = new HashMap<>();
        List<String> arguments = format.endsWith(".enc")
                ? List.of(archive.toString(), "--key", key.toString())
                : List.of(archive.toString());
        for (String line : run(arguments)) {
            JsonNode record = JSON.readTree(line);
            String name = record.get("database").textValue() + "|"
                    + record.get("set").textValue() + "|"
                    + either(record, "key", "keyBase64");
            assertThat(found.put(name, value(line, record))).as(name).isNull();
        }
        assertThat(found).as("seed %d", seed).isEqualTo(expected());
    }

    @Test
    void anArchiveOfOneDatabaseIsReadToo() throws Exception {
        Path archive = folder.resolve("2026-11-20T12_00_00.000Z.cbor.zst");
        try (BackupManager manager = builder().build()) {
            manager.downloadFile(manager.backupDatabase("blobs").objectName(), archive);
        }
        assertThat(run(List.of(archive.toString()))).hasSize(binary.size());
    }

    private static String either(JsonNode record, String one, String other) {
        return record.get(record.has(one) ? one : other).textValue();
    }

    /** JSON values byte for byte: what a parser makes of them would hide a difference. */
    private static String value(String line, JsonNode record) {
        return record.has("json")
                ? line.substring(line.indexOf(",\"json\":") + 8, line.length() - 1)
                : either(record, "value", "valueBase64");
    }

    private static List<String> run(List<String> arguments)
            throws IOException, InterruptedException, URISyntaxException {
        Path zstd = Path.of(ZstdInputStream.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                zstd.toString(),
                READER.toString()));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        process.getInputStream().transferTo(printed);
        assertThat(process.waitFor()).isZero();
        return printed.toString(UTF_8).lines().toList();
    }
}

package io.kvbackup.examples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.github.luben.zstd.ZstdInputStream;
import io.kvbackup.BackupManager;
import io.kvbackup.BackupManagerBuilder;
import io.kvbackup.BackupOptions;
import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.model.BackupKind;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.Charset;
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
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One file of Java that knows nothing of this library reads its archives: once as docs/format.md says, in a virtual
 * machine that has nothing of the library, and otherwise in a class loader that has not.
 */
class StandAloneReaderTest {
    private static final Path READER = Path.of("..", "docs", "reader", "KvbackupReader.java");
    private static final int TAR_BLOCK = 512;
    private static final JsonMapper JSON = new JsonMapper();

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final byte[] secret = bytes(32);
    private final ConcurrentMap<String, String> json = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, String> text = new ConcurrentHashMap<>();
    private final ConcurrentMap<byte[], byte[]> binary = new ConcurrentSkipListMap<>(Arrays::compareUnsigned);

    @TempDir
    private static Path compiled;

    @TempDir
    private Path folder;

    private static URLClassLoader loader;
    private static Method reader;

    @BeforeAll
    static void compile() throws Exception {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        int exitCode = compiler.run(
                null, null, null, "-proc:none", "-d", compiled.toString(), "-cp", zstd().toString(), READER.toString());
        assertThat(exitCode).isZero();
        URL[] path = {compiled.toUri().toURL(), zstd().toUri().toURL()};
        loader = new URLClassLoader(path, ClassLoader.getPlatformClassLoader());
        reader = loader.loadClass("KvbackupReader").getMethod("print", Path.class, Path.class, PrintStream.class);
    }

    @AfterAll
    static void closeLoader() throws IOException {
        loader.close();
    }

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
        for (int i = 0; i < 300; i++) {
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
        return builder(new MemoryStorageClient());
    }

    private BackupManagerBuilder builder(StorageClient store) {
        Codec<String> utf8 = Codec.utf8();
        Codec<String> rawJson = Codec.of(
                io.kvbackup.model.Encoding.JSON, value -> value.getBytes(UTF_8), bytes -> new String(bytes, UTF_8));
        return BackupManager.builder()
                .storage(store)
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

    private Path archive(String format) throws IOException {
        BackupManagerBuilder builder = builder().format(format);
        if (format.endsWith(".enc")) {
            builder.encryption(EncryptionKeys.ofRaw("k1", secret));
        }
        Path archive = folder.resolve("archive." + format);
        try (BackupManager manager = builder.build()) {
            manager.downloadFile(manager.backupAllDatabases().objectName(), archive);
        }
        return archive;
    }

    private Path key() throws IOException {
        return Files.write(folder.resolve("key"), secret);
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "json.gz.zst", "cbor.zst", "tar.gz", "cbor.zst.enc"})
    void everyRecordOfEveryFormatComesOut(String format) throws Exception {
        assertThat(records(read(archive(format)))).as("seed %d", seed).isEqualTo(expected());
    }

    @Test
    void theFileAloneIsEnough() throws Exception {
        Path archive = archive("cbor.zst.enc");

        assertThat(records(run(List.of(archive.toString(), "--key", key().toString()))))
                .as("seed %d", seed)
                .isEqualTo(expected());
    }

    @Test
    void filesThatWereMadeOnOtherSystemsAreUnderstood() throws Exception {
        Path encrypted = archive("cbor.zst.enc");
        String base64 = Base64.getEncoder().encodeToString(secret) + "\r\n";
        for (Charset charset : List.of(UTF_8, UTF_16LE, UTF_16BE)) {
            Path key = Files.write(folder.resolve("other-key"), ("\uFEFF" + base64).getBytes(charset));
            ByteArrayOutputStream printed = new ByteArrayOutputStream();
            read(encrypted, key, printed);
            assertThat(records(printed.toString(UTF_8).lines().toList())).isEqualTo(expected());
        }
        Path short16 =
                Files.write(folder.resolve("other-key"), base64.substring(4).getBytes(UTF_8));
        assertThatThrownBy(() -> read(encrypted, short16, new ByteArrayOutputStream()))
                .hasMessageContaining("must have 32 bytes, as they are or in base64");

        String text = "{\"name\":\"d\",\"sets\":{\"s\":{\"data\":{\"k\":1}}}}";
        Path marked = Files.write(folder.resolve("marked.json"), ("\uFEFF" + text).getBytes(UTF_8));
        assertThat(read(marked)).hasSize(1);
        Path wide = Files.write(folder.resolve("wide.json"), ("\uFEFF" + text).getBytes(UTF_16LE));
        assertThatThrownBy(() -> read(wide)).hasMessageContaining("UTF-16");
    }

    /** An incremental backup out of a store, as a folder holds it. */
    private Path tree(@Nullable EncryptionKeys keys, String database) throws IOException {
        MemoryStorageClient store = new MemoryStorageClient();
        BackupManagerBuilder builder = builder(store);
        String name;
        try (BackupManager manager = (keys == null ? builder : builder.encryption(keys)).build()) {
            BackupOptions incremental =
                    BackupOptions.builder().kind(BackupKind.INCREMENTAL).build();
            manager.backupAllDatabases(incremental);
            text.put("t1", "changed since");
            name = database.equals("all")
                    ? manager.backupAllDatabases(incremental).objectName()
                    : manager.backupDatabase(database, incremental).objectName();
        }
        try (Stream<StorageObject> objects = store.list("")) {
            for (StorageObject object : objects.toList()) {
                Path file = folder.resolve(object.key());
                Files.createDirectories(file.getParent());
                try (InputStream in = store.download(object.key(), ByteRange.all())) {
                    Files.write(file, in.readAllBytes());
                }
            }
        }
        return folder.resolve(name);
    }

    @Test
    void treesComeOut() throws Exception {
        assertThat(records(read(tree(null, "all")))).as("seed %d", seed).isEqualTo(expected());
        assertThat(read(tree(null, "blobs"))).hasSize(binary.size());
    }

    @Test
    void encryptedTreesComeOut() throws Exception {
        assertThat(records(read(tree(EncryptionKeys.ofRaw("k1", secret), "all"))))
                .as("seed %d", seed)
                .isEqualTo(expected());
    }

    @Test
    void aPasswordFileIsEnough() throws Exception {
        char[] password = "correct horse battery \u00e4".toCharArray();
        Path file = Files.writeString(folder.resolve("password"), "\uFEFFcorrect horse battery a\u0308\r\nnotes\n");
        Path tree = tree(EncryptionKeys.ofPassword("p", password, 100_000), "all");

        assertThat(records(run(List.of(tree.toString(), "--password", file.toString()))))
                .as("seed %d", seed)
                .isEqualTo(expected());
    }

    @Test
    void aDamagedOrMissingPackIsRefused() throws Exception {
        Path tree = tree(null, "orders");
        List<Path> packs;
        try (Stream<Path> files = Files.walk(folder.resolve("packs/orders"))) {
            packs = files.filter(Files::isRegularFile).toList();
        }
        assertThat(packs).isNotEmpty();
        byte[] whole = Files.readAllBytes(packs.get(0));
        for (int i = 0; i < 20; i++) {
            byte[] damaged = whole.clone();
            damaged[25 + random.nextInt(whole.length / 2)] ^= 1;
            Files.write(packs.get(0), damaged);
            assertThatThrownBy(() -> read(tree)).as("seed %d", seed).isInstanceOf(IOException.class);
        }
        Files.delete(packs.get(0));
        assertThatThrownBy(() -> read(tree))
                .hasMessageContaining(packs.get(0).getFileName().toString());
    }

    private static Map<String, String> records(List<String> lines) throws IOException {
        Map<String, String> found = new HashMap<>();
        for (String line : lines) {
            JsonNode record = JSON.readTree(line);
            String name = record.get("database").textValue() + "|"
                    + record.get("set").textValue() + "|"
                    + either(record, "key", "keyBase64");
            assertThat(found.put(name, value(line, record))).as(name).isNull();
        }
        return found;
    }

    @Test
    void anArchiveOfOneDatabaseIsReadToo() throws Exception {
        Path archive = folder.resolve("2026-11-20T12_00_00.000Z.cbor.zst");
        try (BackupManager manager = builder().build()) {
            manager.downloadFile(manager.backupDatabase("blobs").objectName(), archive);
        }
        assertThat(read(archive)).hasSize(binary.size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "json.gz", "cbor", "cbor.zst", "tar", "tar.gz", "cbor.zst.enc"})
    void aCutArchiveIsRefused(String format) throws Exception {
        Path archive = archive(format);
        byte[] whole = Files.readAllBytes(archive);
        int end = whole.length;
        while (format.equals("tar") && whole[end - 1] == 0) {
            end--;
        }
        for (int i = 0; i < 20; i++) {
            int cut = random.nextInt(end);
            Files.write(archive, Arrays.copyOf(whole, cut));
            assertThatThrownBy(() -> read(archive))
                    .as("at %d, seed %d", cut, seed)
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void aTarThatWasCutAndEndedIsRefused() throws Exception {
        Path archive = archive("tar");
        byte[] whole = Files.readAllBytes(archive);
        int firstDatabaseEnds = new String(whole, ISO_8859_1).indexOf("/database.json") / TAR_BLOCK * TAR_BLOCK;
        // Where a header begins, the cut leaves whole files, and zeros make an end that tar itself is content with.
        for (int cut = TAR_BLOCK; cut <= firstDatabaseEnds; cut += TAR_BLOCK * (1 + random.nextInt(20))) {
            int length = cut + 2 * TAR_BLOCK;
            Files.write(archive, Arrays.copyOf(Arrays.copyOf(whole, cut), length));
            assertThatThrownBy(() -> read(archive))
                    .as("at %d, seed %d", cut, seed)
                    .isInstanceOf(IOException.class);
        }
        Files.write(archive, Arrays.copyOf(Arrays.copyOf(whole, firstDatabaseEnds), firstDatabaseEnds + 2 * TAR_BLOCK));
        assertThatThrownBy(() -> read(archive)).hasMessageContaining("no database.json");
    }

    @Test
    void anEntryThatIsMissingInATarIsCounted() throws Exception {
        Path archive = archive("tar");
        String whole = Files.readString(archive, ISO_8859_1);
        int entry = whole.indexOf("orders/notes/data/t7") / TAR_BLOCK * TAR_BLOCK;
        assertThat(entry).isPositive();
        Files.writeString(archive, whole.substring(0, entry) + whole.substring(entry + 2 * TAR_BLOCK), ISO_8859_1);

        assertThatThrownBy(() -> read(archive)).hasMessageContaining("but database.json says");
    }

    @Test
    void anArchiveThatIsNotAsItsManifestSaysIsRefusedBeforeAnythingIsPrinted() throws Exception {
        MemoryStorageClient store = new MemoryStorageClient();
        Path archive = folder.resolve("archive.json");
        try (BackupManager manager = builder(store).format("json").build()) {
            String name = manager.backupDatabase("orders").objectName();
            manager.downloadFile(name, archive);
            try (InputStream manifest = store.download(name + ".manifest.json", ByteRange.all())) {
                Files.write(folder.resolve("archive.json.manifest.json"), manifest.readAllBytes());
            }
        }
        assertThat(read(archive)).hasSize(json.size() + text.size());
        Files.writeString(archive, Files.readString(archive).replace("-1.5e300", "-1.5e301"));

        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        assertThatThrownBy(() -> read(archive, printed)).hasMessageContaining("its manifest says");
        assertThat(printed.toByteArray()).isEmpty();
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

    private List<String> read(Path archive) throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        read(archive, printed);
        return printed.toString(UTF_8).lines().toList();
    }

    private void read(Path archive, OutputStream to) throws Exception {
        read(archive, archive.toString().endsWith(".enc") ? key() : null, to);
    }

    private void read(Path archive, Path key, OutputStream to) throws Exception {
        try (PrintStream out = new PrintStream(to, false, UTF_8)) {
            reader.invoke(null, archive, key, out);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private static Path zstd() throws URISyntaxException {
        return Path.of(ZstdInputStream.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    }

    private static List<String> run(List<String> arguments)
            throws IOException, InterruptedException, URISyntaxException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                zstd().toString(),
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

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.text.Normalizer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import java.util.zip.GZIPInputStream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Reads an archive of kvbackup without kvbackup, and prints its entries as lines of JSON. Written from docs/format.md
 * alone, to show that the format is open; it needs a JDK from 17 on and zstd-jni.
 *
 * <pre>
 * java -cp zstd-jni.jar KvbackupReader.java 2026-11-20T12:00:00.000Z.cbor.zst
 * java -cp zstd-jni.jar KvbackupReader.java 2026-11-20T12:00:00.000Z.cbor.zst.enc --key 32-bytes.key
 * java -cp zstd-jni.jar KvbackupReader.java backups/orders/2026-11-20T12:00:00.000Z.tree.zst.enc --password file
 * </pre>
 *
 * <p>The file keeps the end of its name in the store. An incremental backup is the file that ends in .tree.zst; its
 * packs lie beside it, or where they lie in the store: in packs/ and the name of its folder, beside backups/. Each
 * chunk is proved before it is printed, and each set when its last entry is.
 *
 * <p>An encrypted one needs its manifest beside it, and a raw key or the file of a password. Text
 * is printed as {@code key} and {@code value}, other bytes in base64 as {@code keyBase64} and {@code valueBase64}; JSON
 * values stand as they are, as {@code json}.
 *
 * <p>An archive that was cut short ends with an exception. If its manifest lies beside it, as
 * {@code <file>.manifest.json}, its length and digest are compared before anything is printed, and the number of its
 * entries after it.
 */
public final class KvbackupReader {
    private final PrintStream out;
    private long printed;
    private long promised = -1;

    private KvbackupReader(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] args) throws Exception {
        boolean secret = args.length == 3 && Set.of("--key", "--password").contains(args[1]);
        if (args.length != 1 && !secret) {
            System.err.println("usage: KvbackupReader <archive>"
                    + " [--key <file of 32 bytes, or base64> | --password <file>]");
            System.exit(2);
        }
        Path file = secret ? Path.of(args[2]) : null;
        boolean isKey = secret && args[1].equals("--key");
        try (PrintStream out = new PrintStream(
                new BufferedOutputStream(System.out, 1 << 16), false, StandardCharsets.UTF_8)) {
            print(Path.of(args[0]), isKey ? file : null, isKey ? null : file, out);
        }
    }

    /** Prints the entries of an archive; the key is null unless it is encrypted. */
    public static void print(Path file, Path key, PrintStream out) throws Exception {
        print(file, key, null, out);
    }

    /** Prints the entries of an archive; if it is encrypted, under a key or a password of which the other is null. */
    public static void print(Path file, Path key, Path password, PrintStream out) throws Exception {
        requireKnownStore(file);
        String[] chain = chain(file.getFileName().toString());
        Map<String, String> manifest = manifest(file);
        compareStored(file, manifest);
        KvbackupReader reader = new KvbackupReader(out);
        try (InputStream in = decode(Files.newInputStream(file), chain, manifest, new Secret(key, password))) {
            if (chain[0].equals("tree")) {
                reader.new TreeArchive(in, file, manifest).readTop();
            } else {
                reader.read(chain[0], in);
            }
            // To the very end, where checksums and the last segment are.
            in.transferTo(OutputStream.nullOutputStream());
        }
        reader.compareCounts("the archive's summary", reader.promised, reader.printed);
        String ofManifest = manifest.getOrDefault("metadata.entryCount", "-1");
        reader.compareCounts("the manifest", Long.parseLong(ofManifest), reader.printed);
    }

    /** Where the file lies in its store, the store may say that only newer readers understand it. */
    private static void requireKnownStore(Path file) throws IOException {
        Path database = file.toAbsolutePath().getParent();
        Path document = database.resolve("../../kvbackup.json").normalize();
        if (database.resolve("..").normalize().endsWith("backups") && Files.exists(document)) {
            try (InputStream bytes = new BufferedInputStream(Files.newInputStream(document))) {
                Json json = new Json(bytes);
                json.object(field -> {
                    String value = json.any();
                    if (field.equals("formatVersion") && !value.equals("1")
                            || field.equals("requiredFeatures") && !value.equals("[]")) {
                        throw new IOException(document + ": " + field + " is " + value + ", which is newer than this");
                    }
                });
            }
        }
    }

    /**
     * The fields of the manifest beside an archive, {@code stored.sha256} for one within another; empty if there is
     * none.
     */
    private static Map<String, String> manifest(Path file) throws IOException {
        Map<String, String> manifest = new HashMap<>();
        Path beside = Path.of(file + ".manifest.json");
        if (Files.exists(beside)) {
            try (InputStream bytes = new BufferedInputStream(Files.newInputStream(beside))) {
                Json json = new Json(bytes);
                json.object(field -> {
                    if (Set.of("stored", "metadata", "key").contains(field)) {
                        json.object(inner -> {
                            if (inner.equals("parameters")) {
                                json.object(parameter -> manifest.put("key.parameters." + parameter, json.any()));
                            } else {
                                manifest.put(field + "." + inner, json.any());
                            }
                        });
                    } else if (field.equals("packs")) {
                        json.array(() -> {
                            Map<String, String> pack = new HashMap<>();
                            json.object(inner -> pack.put(inner, json.any()));
                            manifest.put("pack " + pack.get("name"), pack.getOrDefault("key", ""));
                        });
                    } else {
                        manifest.put(field, json.any());
                    }
                });
            }
        }
        return manifest;
    }

    private static void compareStored(Path file, Map<String, String> manifest) throws Exception {
        if (manifest.isEmpty()) {
            return;
        }
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), sha256)) {
            long bytes = in.transferTo(OutputStream.nullOutputStream());
            String digest = HexFormat.of().formatHex(sha256.digest());
            if (bytes != Long.parseLong(manifest.get("stored.bytes"))
                    || !digest.equals(manifest.get("stored.sha256"))) {
                throw new IOException(file + " has " + bytes + " bytes of SHA-256 " + digest + "; its manifest says "
                        + manifest.get("stored.bytes") + " of " + manifest.get("stored.sha256"));
            }
        }
    }

    private void compareCounts(String whose, long promised, long found) throws IOException {
        if (promised >= 0 && promised != found) {
            throw new IOException("found " + found + " entries, but " + whose + " says " + promised);
        }
    }

    /** The end of the file's name that says how to read it: format first, then transforms in the order of writing. */
    private static String[] chain(String name) {
        for (String format : new String[] {"json", "cbor", "tar", "tree"}) {
            int at = name.lastIndexOf("." + format);
            int end = at + 1 + format.length();
            if (at >= 0 && (end == name.length() || name.charAt(end) == '.')) {
                return name.substring(at + 1).split("\\.");
            }
        }
        throw new IllegalArgumentException(name + " does not end in .json, .cbor, .tar or .tree and transforms");
    }

    private static InputStream decode(InputStream stored, String[] chain, Map<String, String> manifest, Secret secret)
            throws Exception {
        InputStream in = new BufferedInputStream(stored, 1 << 16);
        for (int i = chain.length - 1; i > 0; i--) {
            in = switch (chain[i]) {
                case "gz" -> new GZIPInputStream(in, 1 << 16);
                case "zst" -> new ZstdInputStream(in);
                case "enc" -> Decryption.open(in, manifest, secret);
                default -> throw new IllegalArgumentException("transform " + chain[i] + " needs another library");
            };
        }
        return new BufferedInputStream(in, 1 << 16);
    }

    private void read(String format, InputStream in) throws IOException {
        switch (format) {
            case "json" -> new JsonArchive(in).readTop();
            case "cbor" -> new CborArchive(in).readTop();
            default -> new TarArchive(in).read();
        }
    }

    /** What an encrypted backup is opened with: one of the two is null, or both. */
    private record Secret(Path key, Path password) {
        SecretKeySpec open(Map<String, String> manifest) throws Exception {
            if (password == null) {
                return new SecretKeySpec(Decryption.key(key), "AES");
            }
            byte[] content = Files.readAllBytes(password);
            String text = new String(content, StandardCharsets.UTF_8);
            if (content.length > 1 && (content[0] & 0xFF) + (content[1] & 0xFF) == 0x1FD) {
                text = new String(content, StandardCharsets.UTF_16);
            }
            String line = text.lines().findFirst().orElse("");
            String unmarked = line.startsWith("\uFEFF") ? line.substring(1) : line;
            String composed = Normalizer.normalize(unmarked, Normalizer.Form.NFC);
            byte[] salt = Base64.getDecoder().decode(manifest.get("key.parameters.salt"));
            int iterations = Integer.parseInt(manifest.get("key.parameters.iterations"));
            PBEKeySpec spec = new PBEKeySpec(composed.toCharArray(), salt, iterations, 256);
            byte[] derived = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
            return new SecretKeySpec(derived, "AES");
        }
    }

    /** One set: what its name and encodings are. */
    private record SetInfo(String database, String set, String keys, String values) {}

    private void print(SetInfo set, byte[] key, byte[] value) {
        out.print("{\"database\":" + quote(set.database) + ",\"set\":" + quote(set.set) + ",");
        out.print(set.keys.equals("TEXT") ? "\"key\":" + quote(utf8(key)) : "\"keyBase64\":" + base64(key));
        switch (set.values) {
            case "TEXT" -> out.print(",\"value\":" + quote(utf8(value)));
            // Line breaks between tokens are all that JSON allows there unescaped.
            case "JSON" -> out.print(",\"json\":" + utf8(value).replace('\n', ' ').replace('\r', ' '));
            default -> out.print(",\"valueBase64\":" + base64(value));
        }
        out.print("}\n");
        printed++;
    }

    private static String utf8(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static String base64(byte[] bytes) {
        return '"' + Base64.getEncoder().encodeToString(bytes) + '"';
    }

    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    /** Takes the value of one field. */
    private interface Field {
        void read(String name) throws IOException;
    }

    /** Takes one element. */
    private interface Element {
        void read() throws IOException;
    }

    /** What json and cbor have in common: databases that hold sets that hold entries. */
    private abstract class Archive {
        protected String database = "";
        protected SetInfo set = new SetInfo("", "", "TEXT", "JSON");

        abstract void object(Field field) throws IOException;

        abstract String text() throws IOException;

        abstract long number() throws IOException;

        abstract void skip() throws IOException;

        abstract void entries() throws IOException;

        void tree() throws IOException {
            skip();
        }

        void root() throws IOException {
            skip();
        }

        void readTop() throws IOException {
            object(field -> {
                switch (field) {
                    case "databases" -> object(name -> object(this::readDatabaseField));
                    case "metadata" -> readSummary();
                    case "tree" -> tree();
                    default -> readDatabaseField(field);
                }
            });
        }

        void readSummary() throws IOException {
            object(this::readSummary);
        }

        private void readSummary(String field) throws IOException {
            if (field.equals("entry_count")) {
                promised = number();
            } else {
                skip();
            }
        }

        private void readDatabaseField(String field) throws IOException {
            switch (field) {
                case "name" -> database = text();
                case "sets" -> object(this::readSet);
                default -> skip();
            }
        }

        private void readSet(String name) throws IOException {
            set = new SetInfo(database, name, "TEXT", "JSON");
            object(field -> {
                switch (field) {
                    case "encoding" -> readEncoding();
                    case "data" -> entries();
                    case "root" -> root();
                    default -> skip();
                }
            });
        }

        private void readEncoding() throws IOException {
            Map<String, String> encoding = new HashMap<>();
            object(field -> encoding.put(field, text()));
            set = new SetInfo(set.database, set.set, encoding.get("keys"), encoding.get("values"));
        }
    }

    private class JsonArchive extends Archive {
        protected final Json json;

        JsonArchive(InputStream in) {
            json = new Json(in);
        }

        /** Editors on Windows put a byte order mark before it. */
        @Override
        void readTop() throws IOException {
            json.skipByteOrderMark();
            super.readTop();
        }

        @Override
        void object(Field field) throws IOException {
            json.object(field);
        }

        @Override
        String text() throws IOException {
            return json.text();
        }

        @Override
        long number() throws IOException {
            return Long.parseLong(json.any());
        }

        @Override
        void skip() throws IOException {
            json.raw();
        }

        @Override
        void entries() throws IOException {
            object(key -> print(set, bytes(set.keys, key), value()));
        }

        private byte[] value() throws IOException {
            return set.values.equals("JSON") ? json.raw() : bytes(set.values, text());
        }

        private byte[] bytes(String encoding, String text) {
            return encoding.equals("BINARY") ? Base64.getDecoder().decode(text) : text.getBytes(StandardCharsets.UTF_8);
        }
    }

    /** What is referred to: a chunk or a node, in a frame of a pack. */
    private record Ref(
            int level,
            byte[] lastKey,
            byte[] digest,
            long entries,
            String pack,
            long frame,
            int frameLength,
            int offset,
            int length) {}

    /** The document of an incremental backup, and the chunks that it leads to. */
    private final class TreeArchive extends JsonArchive {
        private static final int FRAME_HEAD = 13;

        private final Path file;
        private final Map<String, String> manifest;
        private final Map<String, byte[]> packKeys = new HashMap<>();
        private final Map<String, SecretKeySpec> frameKeys = new HashMap<>();
        private final String folder;
        private String lastFrame = "";
        private byte[] lastContent = {};
        private byte[] lastKey;
        private long found;

        TreeArchive(InputStream in, Path file, Map<String, String> manifest) {
            super(in);
            this.file = file.toAbsolutePath();
            this.manifest = manifest;
            String name = manifest.getOrDefault("objectName", this.file.toString().replace('\\', '/'));
            String[] parts = name.split("/");
            this.folder = parts.length < 2 ? "" : parts[parts.length - 2];
        }

        @Override
        void tree() throws IOException {
            json.object(field -> {
                switch (field) {
                    case "version" -> {
                        if (!json.any().equals("1")) {
                            throw new IOException("a tree of a version that is not known here");
                        }
                    }
                    case "packKeys" -> json.array(() -> {
                        Map<String, String> key = new HashMap<>();
                        json.object(inner -> key.put(inner, json.any()));
                        packKeys.put(key.get("id"), Base64.getDecoder().decode(key.get("key")));
                    });
                    default -> json.any();
                }
            });
        }

        @Override
        void root() throws IOException {
            Map<String, String> root = new HashMap<>();
            json.object(field -> root.put(field, json.any()));
            lastKey = null;
            found = 0;
            Ref ref = new Ref(
                    Integer.parseInt(root.get("level")),
                    Base64.getDecoder().decode(root.get("lastKey")),
                    HexFormat.of().parseHex(root.get("digest")),
                    Long.parseLong(root.get("entries")),
                    root.get("pack"),
                    Long.parseLong(root.get("frame")),
                    Integer.parseInt(root.get("frameLength")),
                    Integer.parseInt(root.get("offset")),
                    Integer.parseInt(root.get("length")));
            try {
                read(ref);
            } catch (RuntimeException | GeneralSecurityException e) {
                throw new IOException("set " + set.set() + " is damaged: " + e, e);
            }
            if (found != ref.entries()) {
                throw new IOException("set " + set.set() + " has " + found + " entries instead of " + ref.entries());
            }
        }

        private void read(Ref ref) throws IOException, GeneralSecurityException {
            byte[] content = content(ref);
            ByteBuffer bytes = ByteBuffer.wrap(content, ref.offset(), ref.length());
            if (ref.level() > 0) {
                for (Ref below : references(bytes, ref)) {
                    read(below);
                }
                return;
            }
            compareDigest(ref, content, ref.length());
            while (bytes.hasRemaining()) {
                byte[] key = take(bytes, varint(bytes));
                byte[] value = take(bytes, varint(bytes));
                if (lastKey != null && Arrays.compareUnsigned(lastKey, key) >= 0) {
                    throw new IOException("keys do not ascend in set " + set.set());
                }
                lastKey = key;
                found++;
                print(set, key, value);
            }
            if (!Arrays.equals(lastKey, ref.lastKey())) {
                throw new IOException("a chunk of set " + set.set() + " ends with another key than its node says");
            }
        }

        private void compareDigest(Ref ref, byte[] content, int length) throws IOException, GeneralSecurityException {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update((byte) ref.level());
            sha256.update(content, ref.offset(), length);
            if (!Arrays.equals(sha256.digest(), ref.digest())) {
                throw new IOException("the digest does not fit: " + ref);
            }
        }

        private List<Ref> references(ByteBuffer in, Ref node) throws IOException, GeneralSecurityException {
            int count = (int) varint(in);
            List<Ref> contents = new ArrayList<>();
            byte[] former = {};
            for (int i = 0; i < count; i++) {
                byte[] key = Arrays.copyOf(former, (int) varint(in));
                int shared = key.length;
                byte[] rest = take(in, varint(in));
                key = Arrays.copyOf(key, shared + rest.length);
                System.arraycopy(rest, 0, key, shared, rest.length);
                byte[] digest = take(in, 32);
                long entries = varint(in);
                int bytes = (int) Math.min(Integer.MAX_VALUE, varint(in));
                contents.add(new Ref(node.level() - 1, key, digest, entries, "", 0, 0, 0, bytes));
                former = key;
            }
            compareDigest(node, in.array(), in.position() - node.offset());
            List<String> packs = new ArrayList<>();
            for (long left = varint(in); left > 0; left--) {
                packs.add(HexFormat.of().formatHex(take(in, 16)));
            }
            List<Ref> refs = new ArrayList<>();
            Ref last = null;
            for (Ref content : contents) {
                int pack = (int) varint(in);
                String id = pack == 0 ? last.pack() : packs.get(pack - 1);
                long frame = pack == 0 ? last.frame() : varint(in);
                int frameLength = pack == 0 ? last.frameLength() : (int) varint(in);
                int offset = pack == 0 ? last.offset() + last.length() : (int) varint(in);
                int length = content.level() == 0 ? content.length() : (int) varint(in);
                last = new Ref(
                        content.level(),
                        content.lastKey(),
                        content.digest(),
                        content.entries(),
                        id,
                        frame,
                        frameLength,
                        offset,
                        length);
                refs.add(last);
            }
            return refs;
        }

        private static long varint(ByteBuffer in) {
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                byte next = in.get();
                value |= (long) (next & 0x7F) << shift;
                if (next >= 0) {
                    return value;
                }
            }
        }

        private static byte[] take(ByteBuffer in, long length) {
            byte[] bytes = new byte[Math.toIntExact(length)];
            in.get(bytes);
            return bytes;
        }

        /** What the frame holds in which something lies. */
        private byte[] content(Ref ref) throws IOException, GeneralSecurityException {
            String place = ref.pack() + " " + ref.frame();
            if (place.equals(lastFrame)) {
                return lastContent;
            }
            String stamp = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'")
                    .withZone(ZoneOffset.UTC)
                    .format(Instant.ofEpochMilli(Long.parseUnsignedLong(ref.pack(), 0, 16, 16)));
            String name = stamp + "-" + ref.pack().substring(16) + ".pack";
            try (RandomAccessFile pack = new RandomAccessFile(find(name).toFile(), "r")) {
                byte[] frame = new byte[ref.frameLength()];
                pack.seek(ref.frame());
                pack.readFully(frame);
                lastContent = decode(ref, frame, "packs/" + folder + "/" + name, pack);
            }
            lastFrame = place;
            return lastContent;
        }

        private Path find(String name) throws IOException {
            Path beside = file.resolveSibling(name);
            Path inStore = file.resolveSibling("../../packs/" + folder + "/" + name).normalize();
            if (!Files.exists(beside) && !Files.exists(inStore)) {
                throw new IOException("the pack is neither " + beside + " nor " + inStore);
            }
            return Files.exists(beside) ? beside : inStore;
        }

        private byte[] decode(Ref ref, byte[] frame, String name, RandomAccessFile pack)
                throws IOException, GeneralSecurityException {
            ByteBuffer head = ByteBuffer.wrap(frame);
            int kind = head.get();
            int plain = head.getInt();
            int stored = head.getInt();
            CRC32C crc = new CRC32C();
            crc.update(frame, FRAME_HEAD, stored);
            if (crc.getValue() != (head.getInt() & 0xFFFFFFFFL) || (kind < 3) != (ref.level() == 0)) {
                throw new IOException("a frame of " + name + " at " + ref.frame() + " is damaged");
            }
            byte[] bytes = Arrays.copyOfRange(frame, FRAME_HEAD, FRAME_HEAD + stored);
            if (!packKeys.isEmpty()) {
                byte[] nonce = ByteBuffer.allocate(12).putInt(0).putLong(ref.frame()).array();
                Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
                cipher.init(Cipher.DECRYPT_MODE, frameKey(name, pack), new GCMParameterSpec(128, nonce));
                cipher.updateAAD(frame, 0, 9);
                cipher.updateAAD(HexFormat.of().parseHex(ref.pack()));
                bytes = cipher.doFinal(bytes);
            }
            if (kind % 2 == 1) {
                try (ZstdInputStream zstd = new ZstdInputStream(new ByteArrayInputStream(bytes))) {
                    bytes = zstd.readAllBytes();
                }
            }
            if (bytes.length != plain) {
                throw new IOException(
                        "a frame of " + name + " at " + ref.frame() + " has another length than its head says");
            }
            return bytes;
        }

        private SecretKeySpec frameKey(String name, RandomAccessFile pack)
                throws IOException, GeneralSecurityException {
            SecretKeySpec known = frameKeys.get(name);
            if (known == null) {
                byte[] salt = new byte[32];
                pack.seek(25);
                pack.readFully(salt);
                byte[] key = packKeys.get(manifest.getOrDefault("pack " + name, ""));
                if (key == null) {
                    throw new IOException("no key for " + name);
                }
                known = Decryption.derived(key, salt, "kvbackup.pack:" + name);
                frameKeys.put(name, known);
            }
            return known;
        }
    }

    /** As much of a JSON parser as archives and manifests need. */
    private static final class Json {
        private final InputStream in;
        private int next = ' ';

        Json(InputStream in) {
            this.in = in;
        }

        private int peek() throws IOException {
            while (next == ' ' || next == '\n' || next == '\r' || next == '\t') {
                next = in.read();
            }
            return next;
        }

        void skipByteOrderMark() throws IOException {
            if (peek() == 0xEF && (in.read() != 0xBB || in.read() != 0xBF) || next == 0xFE || next == 0xFF) {
                throw new IOException("not text in UTF-8; convert it from UTF-16");
            }
            next = next == 0xEF ? ' ' : next;
        }

        private void expect(char c) throws IOException {
            if (peek() != c) {
                throw new IOException("expected " + c + ", found " + (char) next);
            }
            next = ' ';
        }

        void object(Field field) throws IOException {
            expect('{');
            if (peek() == '}') {
                expect('}');
                return;
            }
            for (boolean more = true; more; ) {
                String name = text();
                expect(':');
                field.read(name);
                more = peek() == ',';
                expect(more ? ',' : '}');
            }
        }

        void array(Element element) throws IOException {
            expect('[');
            if (peek() == ']') {
                expect(']');
                return;
            }
            for (boolean more = true; more; ) {
                element.read();
                more = peek() == ',';
                expect(more ? ',' : ']');
            }
        }

        /** A string without its escapes, or a value of another kind as it stands. */
        String any() throws IOException {
            return peek() == '"' ? text() : utf8(raw());
        }

        /** A string, without its escapes. */
        String text() throws IOException {
            String raw = utf8(raw());
            StringBuilder text = new StringBuilder();
            for (int i = 1; i < raw.length() - 1; i++) {
                char c = raw.charAt(i);
                if (c != '\\') {
                    text.append(c);
                    continue;
                }
                char escape = raw.charAt(++i);
                int control = "bfnrt".indexOf(escape);
                if (escape == 'u') {
                    text.append((char) Integer.parseInt(raw.substring(i + 1, i + 5), 16));
                    i += 4;
                } else {
                    text.append(control < 0 ? escape : "\b\f\n\r\t".charAt(control));
                }
            }
            return text.toString();
        }

        /** A value of any kind, byte for byte. */
        byte[] raw() throws IOException {
            ByteArrayOutputStream raw = new ByteArrayOutputStream();
            peek();
            int depth = 0;
            boolean string = false;
            while (true) {
                if (next < 0) {
                    throw new EOFException();
                }
                if (!string
                        && depth == 0
                        && raw.size() > 0
                        && (next == ',' || next == '}' || next == ']' || next <= ' ')) {
                    return raw.toByteArray();
                }
                raw.write(next);
                if (string && next == '\\') {
                    raw.write(in.read());
                } else if (next == '"') {
                    string = !string;
                } else if (!string) {
                    depth += next == '{' || next == '[' ? 1 : next == '}' || next == ']' ? -1 : 0;
                }
                boolean complete = !string && depth == 0 && (next == '"' || next == '}' || next == ']');
                next = complete ? ' ' : in.read();
                if (complete) {
                    return raw.toByteArray();
                }
            }
        }
    }

    private final class CborArchive extends Archive {
        private static final int BREAK = 0xFF;
        private static final long INDEFINITE = -1;

        private final InputStream in;
        private int head;

        CborArchive(InputStream in) {
            this.in = in;
        }

        /** Reads the head of an item, and gives its number or length. */
        private long head() throws IOException {
            head = in.read();
            int extra = head & 0x1F;
            if (head < 0) {
                throw new EOFException();
            }
            if (extra < 24) {
                return extra;
            }
            if (extra == 31) {
                return INDEFINITE;
            }
            long value = 0;
            for (byte b : exactly(1L << (extra - 24))) {
                value = value << 8 | (b & 0xFF);
            }
            return value;
        }

        private byte[] exactly(long length) throws IOException {
            byte[] bytes = in.readNBytes(Math.toIntExact(length));
            if (bytes.length < length) {
                throw new EOFException();
            }
            return bytes;
        }

        /** The rest of a string whose head was read. */
        private byte[] string(long length) throws IOException {
            if (length != INDEFINITE) {
                return exactly(length);
            }
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (long part = head(); head != BREAK; part = head()) {
                all.write(exactly(part));
            }
            return all.toByteArray();
        }

        @Override
        String text() throws IOException {
            return utf8(string(head()));
        }

        @Override
        long number() throws IOException {
            return head();
        }

        @Override
        void object(Field field) throws IOException {
            long count = head();
            for (long i = 0; i != count; i++) {
                long length = head();
                if (head == BREAK) {
                    return;
                }
                field.read(utf8(string(length)));
            }
        }

        @Override
        void skip() throws IOException {
            skipAfter(head());
        }

        private void skipAfter(long value) throws IOException {
            int kind = (head & 0xFF) >> 5;
            if (kind == 2 || kind == 3) {
                string(value);
            } else if (kind == 4 || kind == 5) {
                long items = value == INDEFINITE || kind == 4 ? value : 2 * value;
                for (long i = 0; i != items; i++) {
                    long next = head();
                    if (head == BREAK) {
                        return;
                    }
                    skipAfter(next);
                }
            }
        }

        @Override
        void entries() throws IOException {
            long count = head();
            for (long i = 0; i != count; i += 2) {
                long length = head();
                if (head == BREAK) {
                    return;
                }
                byte[] key = string(length);
                print(set, key, string(head()));
            }
        }
    }

    private final class TarArchive {
        private final InputStream in;
        /** Entries by set, of the database whose database.json has not come yet. */
        private final Map<String, Long> counts = new HashMap<>();
        private SetInfo set;

        TarArchive(InputStream in) {
            this.in = in;
        }

        void read() throws IOException {
            String longPath = null;
            for (byte[] header = exactly(512); header[0] != 0; header = exactly(512)) {
                long size = size(header);
                byte[] content = exactly(size);
                exactly((512 - size % 512) % 512);
                if (header[156] == 'x') {
                    String record = utf8(content);
                    longPath = record.substring(record.indexOf(" path=") + 6, record.length() - 1);
                    continue;
                }
                readFile((longPath == null ? field(header, 0, 100) : longPath).split("/"), content);
                longPath = null;
            }
            if (!counts.isEmpty()) {
                throw new EOFException("the archive was cut short: " + counts.keySet() + " have no database.json "
                        + "after them");
            }
        }

        private byte[] exactly(long length) throws IOException {
            byte[] bytes = in.readNBytes(Math.toIntExact(length));
            if (bytes.length < length) {
                throw new EOFException("the archive was cut short");
            }
            return bytes;
        }

        private void readFile(String[] path, byte[] content) throws IOException {
            if (path.length == 3 && path[2].equals("set.json")) {
                set = set(path, content);
                counts.put(set.set, 0L);
            } else if (path.length == 4 && set != null) {
                print(set, unescape(path[3]), content);
                counts.merge(set.set, 1L, Long::sum);
            } else if (path.length == 2 && path[1].equals("database.json")) {
                compareSets(new Json(new ByteArrayInputStream(content)));
                counts.clear();
            } else if (path.length == 1 && path[0].equals("metadata.json")) {
                new JsonArchive(new ByteArrayInputStream(content)).readSummary();
            }
        }

        private void compareSets(Json json) throws IOException {
            Map<String, Long> sets = new HashMap<>();
            json.object(field -> {
                if (field.equals("sets")) {
                    json.object(name -> json.object(inSet -> {
                        String value = json.any();
                        if (inSet.equals("entry_count")) {
                            sets.put(name, Long.parseLong(value));
                        }
                    }));
                } else {
                    json.any();
                }
            });
            if (!sets.equals(counts)) {
                throw new IOException("found the sets " + counts + ", but database.json says " + sets);
            }
        }

        private SetInfo set(String[] path, byte[] json) throws IOException {
            Json parser = new Json(new ByteArrayInputStream(json));
            Map<String, String> encoding = new HashMap<>();
            parser.object(field -> {
                if (field.equals("encoding")) {
                    parser.object(name -> encoding.put(name, parser.text()));
                } else {
                    parser.raw();
                }
            });
            return new SetInfo(
                    utf8(unescape(path[0])), utf8(unescape(path[1])), encoding.get("keys"), encoding.get("values"));
        }

        private static String field(byte[] header, int from, int length) {
            String field = new String(header, from, length, StandardCharsets.US_ASCII);
            int end = field.indexOf('\0');
            return end < 0 ? field : field.substring(0, end);
        }

        private static long size(byte[] header) {
            return Long.parseLong(field(header, 124, 12).trim(), 8);
        }

        private static byte[] unescape(String name) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (int i = 0; i < name.length() && !name.equals("%"); i++) {
                boolean escaped = name.charAt(i) == '%';
                bytes.write(escaped ? Integer.parseInt(name.substring(i + 1, i + 3), 16) : name.charAt(i));
                i += escaped ? 2 : 0;
            }
            return bytes.toByteArray();
        }
    }

    /**
     * The transform enc: segments of AES-256-GCM, under a key from the backup's data key, which the manifest has
     * wrapped.
     */
    private static final class Decryption extends InputStream {
        private static final int SEGMENT = 64 * 1024;
        private static final int HEADER = 40;

        private final InputStream in;
        private final SecretKeySpec key;
        private final byte[] prefix;
        private byte[] ahead;
        private byte[] plain = {};
        private int at;
        private int number;
        private boolean ended;

        private Decryption(InputStream in, SecretKeySpec key, byte[] prefix) throws IOException {
            this.in = in;
            this.key = key;
            this.prefix = prefix;
            this.ahead = in.readNBytes(SEGMENT - HEADER);
        }

        static Decryption open(InputStream in, Map<String, String> manifest, Secret secret) throws Exception {
            if (secret.key == null && secret.password == null || manifest.isEmpty()) {
                throw new IllegalArgumentException(
                        "the archive is encrypted; give its key with --key, or its password with"
                        + " --password, and put its manifest beside it");
            }
            String name = manifest.get("objectName");
            byte[] wrapped = Base64.getDecoder().decode(manifest.get("key.wrapped"));
            SecretKeySpec outer = secret.open(manifest);
            Cipher cipher = cipher(outer, Arrays.copyOf(wrapped, 12));
            cipher.updateAAD(("kvbackup.key:" + name).getBytes(StandardCharsets.UTF_8));
            byte[] dataKey = cipher.doFinal(wrapped, 12, wrapped.length - 12);
            byte[] header = in.readNBytes(HEADER);
            byte[] salt = Arrays.copyOfRange(header, 1, 33);
            SecretKeySpec derived = derived(dataKey, salt, "kvbackup.archive:" + name);
            return new Decryption(in, derived, Arrays.copyOfRange(header, 33, HEADER));
        }

        /**
         * As it is or in base64, which may have been saved with a byte order mark, in UTF-16, and with any line ends.
         */
        private static byte[] key(Path file) throws IOException {
            byte[] content = Files.readAllBytes(file);
            byte[] key = content.length == 32 ? content : Base64.getMimeDecoder().decode(content);
            if (key.length != 32) {
                throw new IllegalArgumentException(file + " must have 32 bytes, as they are or in base64");
            }
            return key;
        }

        /** HKDF-SHA256 of one block. */
        static SecretKeySpec derived(byte[] secret, byte[] salt, String info) throws GeneralSecurityException {
            byte[] extracted = hmac(salt, secret);
            return new SecretKeySpec(hmac(extracted, (info + "\u0001").getBytes(StandardCharsets.UTF_8)), "AES");
        }

        private static byte[] hmac(byte[] key, byte[] message) throws GeneralSecurityException {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(message);
        }

        private static Cipher cipher(SecretKeySpec key, byte[] nonce) throws Exception {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(128, nonce));
            return cipher;
        }

        private boolean fill() throws IOException {
            while (at == plain.length) {
                if (ended) {
                    return false;
                }
                byte[] segment = ahead;
                ahead = in.readNBytes(SEGMENT);
                ended = ahead.length == 0;
                byte[] nonce = ByteBuffer.allocate(12).put(prefix).putInt(number++).put((byte) (ended ? 1 : 0)).array();
                try {
                    plain = cipher(key, nonce).doFinal(segment);
                } catch (Exception e) {
                    throw new IOException("segment " + (number - 1) + " is not authentic: wrong key, or damaged", e);
                }
                at = 0;
            }
            return true;
        }

        @Override
        public int read() throws IOException {
            return fill() ? plain[at++] & 0xFF : -1;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            if (length == 0 || !fill()) {
                return length == 0 ? 0 : -1;
            }
            int count = Math.min(length, plain.length - at);
            System.arraycopy(plain, at, to, offset, count);
            at += count;
            return count;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}

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
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Reads an archive of kvbackup without kvbackup, and prints its entries as lines of JSON. Written from docs/format.md
 * alone, to show that the format is open; it needs a JDK from 17 on and zstd-jni.
 *
 * <pre>
 * java -cp zstd-jni.jar KvbackupReader.java 2026-11-20T12:00:00.000Z.cbor.zst
 * java -cp zstd-jni.jar KvbackupReader.java 2026-11-20T12:00:00.000Z.cbor.zst.enc --key 32-bytes.key
 * </pre>
 *
 * <p>The file keeps the end of its name in the store. An encrypted one needs its manifest beside it and a raw key. Text
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
        if (args.length != 1 && !(args.length == 3 && args[1].equals("--key"))) {
            System.err.println("usage: KvbackupReader <archive> [--key <file of 32 bytes, or base64>]");
            System.exit(2);
        }
        try (PrintStream out = new PrintStream(
                new BufferedOutputStream(System.out, 1 << 16), false, StandardCharsets.UTF_8)) {
            print(Path.of(args[0]), args.length == 3 ? Path.of(args[2]) : null, out);
        }
    }

    /** Prints the entries of an archive; the key is null unless it is encrypted. */
    public static void print(Path file, Path key, PrintStream out) throws Exception {
        String[] chain = chain(file.getFileName().toString());
        Map<String, String> manifest = manifest(file);
        compareStored(file, manifest);
        KvbackupReader reader = new KvbackupReader(out);
        try (InputStream in = decode(Files.newInputStream(file), chain, manifest, key)) {
            reader.read(chain[0], in);
            // To the very end, where checksums and the last segment are.
            in.transferTo(OutputStream.nullOutputStream());
        }
        reader.compareCounts("the archive's summary", reader.promised, reader.printed);
        String ofManifest = manifest.getOrDefault("metadata.entryCount", "-1");
        reader.compareCounts("the manifest", Long.parseLong(ofManifest), reader.printed);
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
                        json.object(inner -> manifest.put(field + "." + inner, json.any()));
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
        for (String format : new String[] {"json", "cbor", "tar"}) {
            int at = name.lastIndexOf("." + format);
            int end = at + 1 + format.length();
            if (at >= 0 && (end == name.length() || name.charAt(end) == '.')) {
                return name.substring(at + 1).split("\\.");
            }
        }
        throw new IllegalArgumentException(name + " does not end in .json, .cbor or .tar and transforms");
    }

    private static InputStream decode(InputStream stored, String[] chain, Map<String, String> manifest, Path key)
            throws Exception {
        InputStream in = new BufferedInputStream(stored, 1 << 16);
        for (int i = chain.length - 1; i > 0; i--) {
            in = switch (chain[i]) {
                case "gz" -> new GZIPInputStream(in, 1 << 16);
                case "zst" -> new ZstdInputStream(in);
                case "enc" -> Decryption.open(in, manifest, key);
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

    /** What json and cbor have in common: databases that hold sets that hold entries. */
    private abstract class Archive {
        protected String database = "";
        protected SetInfo set = new SetInfo("", "", "TEXT", "JSON");

        abstract void object(Field field) throws IOException;

        abstract String text() throws IOException;

        abstract long number() throws IOException;

        abstract void skip() throws IOException;

        abstract void entries() throws IOException;

        void readTop() throws IOException {
            object(field -> {
                switch (field) {
                    case "databases" -> object(name -> object(this::readDatabaseField));
                    case "metadata" -> readSummary();
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

    private final class JsonArchive extends Archive {
        private final Json json;

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

        static Decryption open(InputStream in, Map<String, String> manifest, Path keyFile) throws Exception {
            if (keyFile == null || manifest.isEmpty()) {
                throw new IllegalArgumentException(
                        "the archive is encrypted; give its key with --key, and put its manifest beside it");
            }
            String name = manifest.get("objectName");
            byte[] wrapped = Base64.getDecoder().decode(manifest.get("key.wrapped"));
            SecretKeySpec outer = new SecretKeySpec(key(keyFile), "AES");
            Cipher cipher = cipher(outer, Arrays.copyOf(wrapped, 12));
            cipher.updateAAD(("kvbackup.key:" + name).getBytes(StandardCharsets.UTF_8));
            byte[] dataKey = cipher.doFinal(wrapped, 12, wrapped.length - 12);
            byte[] header = in.readNBytes(HEADER);
            byte[] salt = Arrays.copyOfRange(header, 1, 33);
            byte[] extracted = hmac(salt, dataKey);
            byte[] derived = hmac(extracted, ("kvbackup.archive:" + name + "\u0001").getBytes(StandardCharsets.UTF_8));
            return new Decryption(in, new SecretKeySpec(derived, "AES"), Arrays.copyOfRange(header, 33, HEADER));
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

        private static byte[] hmac(byte[] key, byte[] message) throws Exception {
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

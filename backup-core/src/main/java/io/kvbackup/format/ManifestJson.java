package io.kvbackup.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.CorruptBackupException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The JSON form of a {@link Manifest}. The last field is the SHA-256 of every byte before it, so that a manifest vouches for
 * itself as well as for the archive.
 */
public final class ManifestJson {
    /** Larger ones are refused unread: a manifest of ten thousand sets is a few megabytes. */
    public static final int MAX_BYTES = 64 << 20;

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final String SEAL_START = ",\"manifestSha256\":\"";
    private static final String SEAL_END = "\"}";
    private static final int SEAL_LENGTH = SEAL_START.length() + 64 + SEAL_END.length();

    private ManifestJson() {}

    public static byte[] encode(Manifest manifest) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("formatVersion", Manifest.FORMAT_VERSION);
        json.put("kind", manifest.kind().name());
        json.put("objectName", manifest.objectName());
        json.put("format", manifest.format());
        ArrayNode transforms = json.putArray("transforms");
        manifest.transforms().forEach(transforms::add);
        json.put("shape", manifest.shape().name());
        BackupMetadata metadata = manifest.metadata();
        json.putObject("metadata")
                .put("timestamp", metadata.timestamp().toString())
                .put("version", metadata.version())
                .put("databaseCount", metadata.databaseCount())
                .put("setCount", metadata.setCount())
                .put("entryCount", metadata.entryCount());
        putDigest(json.putObject("stored"), manifest.stored());
        putDigest(json.putObject("plain"), manifest.plain());
        ArrayNode databases = json.putArray("databases");
        manifest.databases().forEach(contents -> databases.add(HeaderJson.encode(contents)));
        return seal(json.toString());
    }

    private static void putDigest(ObjectNode json, StreamDigest digest) {
        json.put("bytes", digest.bytes()).put("sha256", digest.sha256());
    }

    private static byte[] seal(String json) {
        String body = json.substring(0, json.length() - 1);
        return (body + SEAL_START + sha256(body.getBytes(StandardCharsets.UTF_8)) + SEAL_END)
                .getBytes(StandardCharsets.UTF_8);
    }

    /**
     * @param source what to call the manifest in messages
     * @throws CorruptBackupException if the bytes are not an intact manifest of a known version
     */
    public static Manifest decode(byte[] bytes, String source) throws CorruptBackupException {
        JsonNode tree;
        try {
            tree = MAPPER.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new CorruptBackupException(
                    source + " is not JSON: " + e.getOriginalMessage() + " at byte "
                            + e.getLocation().getByteOffset(),
                    e);
        } catch (IOException e) {
            throw new CorruptBackupException(source + " is not JSON in UTF-8", e);
        }
        JsonFields json = new JsonFields(tree, source);
        int version = json.integer("formatVersion");
        if (version > Manifest.FORMAT_VERSION) {
            throw new CorruptBackupException(source + " has format version " + version + ", the newest known here is "
                    + Manifest.FORMAT_VERSION + "; read it with a newer version of this library");
        }
        checkSeal(bytes, source);
        try {
            return manifest(json);
        } catch (IllegalArgumentException e) {
            throw new CorruptBackupException(source + " is sealed but makes no sense: " + e.getMessage(), e);
        }
    }

    private static Manifest manifest(JsonFields json) throws CorruptBackupException {
        JsonFields metadata = json.object("metadata");
        return new Manifest(
                json.constant("kind", BackupKind.class),
                json.text("objectName"),
                json.text("format"),
                json.texts("transforms"),
                json.constant("shape", ArchiveShape.class),
                new BackupMetadata(
                        metadata.instant("timestamp"),
                        metadata.text("version"),
                        metadata.integer("databaseCount"),
                        metadata.integer("setCount"),
                        metadata.number("entryCount")),
                digest(json.object("stored")),
                digest(json.object("plain")),
                json.objects("databases", HeaderJson::decode));
    }

    private static StreamDigest digest(JsonFields json) throws CorruptBackupException {
        return new StreamDigest(json.number("bytes"), json.text("sha256"));
    }

    private static void checkSeal(byte[] bytes, String source) throws CorruptBackupException {
        int body = bytes.length - SEAL_LENGTH;
        if (body > 0) {
            byte[] content = Arrays.copyOf(bytes, body);
            byte[] expected = (SEAL_START + sha256(content) + SEAL_END).getBytes(StandardCharsets.UTF_8);
            if (MessageDigest.isEqual(expected, Arrays.copyOfRange(bytes, body, bytes.length))) {
                return;
            }
        }
        throw new CorruptBackupException(
                source + " does not match its own digest 'manifestSha256': it was damaged or edited");
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

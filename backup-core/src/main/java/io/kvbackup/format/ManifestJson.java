package io.kvbackup.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.pipeline.TransformChain;
import java.io.IOException;

/**
 * The JSON form of a {@link Manifest}. The last field is the SHA-256 of every byte before it, so that a manifest vouches for
 * itself as well as for the archive. That of a {@link SealedManifest} is in {@link SealedManifestJson}.
 */
public final class ManifestJson {
    /** Larger ones are refused unread: a manifest of ten thousand sets is a few megabytes. */
    public static final int MAX_BYTES = 64 << 20;

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private ManifestJson() {}

    static ObjectNode newObject() {
        return MAPPER.createObjectNode();
    }

    static String withoutBrace(ObjectNode json) {
        String text = json.toString();
        return text.substring(0, text.length() - 1);
    }

    public static byte[] encode(Manifest manifest) {
        ObjectNode json = newObject();
        ManifestFields.putOpen(json, Manifest.FORMAT_VERSION, manifest);
        ManifestFields.putSummary(json, manifest);
        ManifestFields.putDigest(json.putObject("stored"), manifest.stored());
        ManifestFields.putPlainAndDatabases(json, manifest);
        return ManifestSeal.seal(withoutBrace(json));
    }

    /**
     * @param source what to call the manifest in messages
     * @throws CorruptBackupException if the bytes are not an intact manifest of a known version
     */
    public static ManifestDocument decode(byte[] bytes, String source) throws CorruptBackupException {
        JsonFields json = parse(bytes, source);
        int version = json.integer("formatVersion");
        if (version > SealedManifest.FORMAT_VERSION) {
            throw new CorruptBackupException(source + " has format version " + version + ", the newest known here is "
                    + SealedManifest.FORMAT_VERSION + "; read it with a newer version of this library");
        }
        byte[] content = ManifestSeal.open(bytes, source);
        try {
            return version == SealedManifest.FORMAT_VERSION
                    ? SealedManifestJson.decode(json, content, source)
                    : manifest(json, source);
        } catch (IllegalArgumentException e) {
            throw new CorruptBackupException(source + " is sealed but makes no sense: " + e.getMessage(), e);
        }
    }

    static JsonFields parse(byte[] bytes, String source) throws CorruptBackupException {
        try {
            return new JsonFields(MAPPER.readTree(bytes), source);
        } catch (JsonProcessingException e) {
            throw new CorruptBackupException(
                    source + " is not JSON: " + e.getOriginalMessage() + " at byte "
                            + e.getLocation().getByteOffset(),
                    e);
        } catch (CorruptBackupException e) {
            throw e;
        } catch (IOException e) {
            throw new CorruptBackupException(source + " is not JSON in UTF-8", e);
        }
    }

    private static Manifest manifest(JsonFields json, String source) throws CorruptBackupException {
        if (json.texts("transforms").contains(TransformChain.ENCRYPTION)) {
            throw new CorruptBackupException(
                    source
                            + " is not encrypted, and its archive is: somebody has replaced it, and the backup's key is lost with it");
        }
        return new Manifest(
                json.constant("kind", BackupKind.class),
                json.text("objectName"),
                json.text("format"),
                json.texts("transforms"),
                ManifestFields.shape(json),
                ManifestFields.metadata(json),
                ManifestFields.digest(json.object("stored")),
                ManifestFields.plain(json),
                ManifestFields.databases(json));
    }
}

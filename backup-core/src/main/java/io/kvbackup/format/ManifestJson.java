package io.kvbackup.format;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.pipeline.TransformChain;
import java.io.IOException;
import java.util.List;

/**
 * The JSON form of a {@link Manifest}. The last field is the SHA-256 of every byte before it, so that a manifest
 * vouches for itself as well as for the archive. That of a {@link SealedManifest} is in {@link SealedManifestJson}.
 */
public final class ManifestJson {
    private ManifestJson() {}

    static ObjectNode newObject() {
        return JsonNodeFactory.instance.objectNode();
    }

    static String withoutBrace(ObjectNode json) {
        String text = json.toString();
        return text.substring(0, text.length() - 1);
    }

    /** @throws IOException if it would be longer than any that is read */
    public static byte[] encode(Manifest manifest) throws IOException {
        ObjectNode json = newObject();
        ManifestFields.putOpen(json, Manifest.FORMAT_VERSION, manifest);
        ManifestFields.putSummary(json, manifest);
        ManifestFields.putDigest(json.putObject("stored"), manifest.stored());
        ManifestFields.putPlainAndDatabases(json, manifest);
        return Limits.requireManifest(ManifestSeal.seal(withoutBrace(json)), manifest.objectName());
    }

    /** Refuses databases whose manifest would be too long, as far as that shows before they are scanned. */
    public static void requireDescribable(List<DatabaseBackup> headers, String objectName) throws IOException {
        long least = 0;
        for (DatabaseBackup header : headers) {
            for (String set : header.sets().keySet()) {
                least += HeaderJson.LEAST_SET_BYTES + set.length();
            }
        }
        Limits.requireManifest(least, objectName);
    }

    /**
     * @param source what to call the manifest in messages
     * @throws CorruptBackupException if the bytes are not an intact manifest of a known version
     * @throws TooLargeException if this JVM cannot hold it
     */
    public static ManifestDocument decode(byte[] bytes, String source) throws IOException {
        return Documents.read(source, () -> document(bytes, source));
    }

    private static ManifestDocument document(byte[] bytes, String source) throws IOException {
        JsonFields json = parse(bytes, source);
        int version = json.integer("formatVersion");
        if (version > ManifestDocument.TREE_VERSION) {
            throw new CorruptBackupException(source + " has format version " + version + ", the newest known here is "
                    + ManifestDocument.TREE_VERSION + "; read it with a newer version of this library");
        }
        byte[] content = ManifestSeal.open(bytes, source);
        boolean sealed = version == ManifestDocument.TREE_VERSION
                ? json.has("sealed")
                : version == SealedManifest.FORMAT_VERSION;
        ManifestDocument manifest =
                sealed ? SealedManifestJson.decode(json, version, content, source) : manifest(json, version, source);
        if (version < ManifestDocument.TREE_VERSION && manifest.kind() == BackupKind.INCREMENTAL) {
            throw new CorruptBackupException(
                    source + " has format version " + version + " and tells of a backup of kind " + manifest.kind());
        }
        return manifest;
    }

    static JsonFields parse(byte[] bytes, String source) throws IOException {
        return new JsonFields(Documents.strict(bytes, source), source);
    }

    private static Manifest manifest(JsonFields json, int version, String source) throws CorruptBackupException {
        if (json.texts("transforms").contains(TransformChain.ENCRYPTION)) {
            throw new CorruptBackupException(source
                    + " is not encrypted, and its archive is: somebody has replaced it, and the backup's "
                    + "key is lost with it");
        }
        BackupKind kind = json.constant("kind", BackupKind.class);
        return new Manifest(
                kind,
                json.text("objectName"),
                json.text("format"),
                json.texts("transforms"),
                ManifestFields.packs(json, kind),
                ManifestFields.shape(json),
                ManifestFields.metadata(json),
                ManifestFields.digest(json.object("stored")),
                ManifestFields.plain(json),
                ManifestFields.databases(json),
                ManifestFields.log(json, version, kind, source),
                ManifestFields.changedEntries(json),
                ManifestFields.writer(json));
    }
}

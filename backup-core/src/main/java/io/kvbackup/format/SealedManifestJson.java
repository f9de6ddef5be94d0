package io.kvbackup.format;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvbackup.encryption.WrappedKey;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.pipeline.DataKey;
import io.kvbackup.pipeline.TransformChain;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

/** The JSON form of a {@link SealedManifest}. */
public final class SealedManifestJson {
    private static final String SEALED_START = ",\"sealed\":\"";

    private SealedManifestJson() {}

    /**
     * Seals a manifest.
     *
     * @param dataKey of the backup
     * @param wrapped the same, wrapped
     * @throws IOException if it would be longer than any that is read
     */
    public static byte[] encode(Manifest manifest, DataKey dataKey, WrappedKey wrapped, SecureRandom random)
            throws IOException {
        ObjectNode confidential = ManifestJson.newObject();
        ManifestFields.putSummary(confidential, manifest);
        ManifestFields.putPlainAndDatabases(confidential, manifest);
        ObjectNode json = ManifestJson.newObject();
        ManifestFields.putOpen(json, SealedManifest.FORMAT_VERSION, manifest);
        ManifestFields.putDigest(json.putObject("stored"), manifest.stored());
        putKey(json.putObject("key"), wrapped);
        String open = ManifestJson.withoutBrace(json);
        byte[] sealed = Sealing.seal(
                confidential.toString().getBytes(StandardCharsets.UTF_8),
                open.getBytes(StandardCharsets.UTF_8),
                manifest.objectName(),
                dataKey,
                random);
        return Limits.requireManifest(
                ManifestSeal.seal(open + SEALED_START + base64(sealed) + '"'), manifest.objectName());
    }

    static void putKey(ObjectNode json, WrappedKey key) {
        json.put("id", key.keyId());
        json.put("algorithm", key.algorithm());
        ObjectNode parameters = json.putObject("parameters");
        key.parameters().forEach(parameters::put);
        json.put("wrapped", base64(key.bytes()));
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** @param content the manifest's bytes without its seal */
    static SealedManifest decode(JsonFields json, int version, byte[] content, String source)
            throws CorruptBackupException {
        String sealed = json.text("sealed");
        byte[] end = (SEALED_START + sealed + '"').getBytes(StandardCharsets.UTF_8);
        int open = content.length - end.length;
        if (open < 0 || !Arrays.equals(content, open, content.length, end, 0, end.length)) {
            throw new CorruptBackupException(source + ": field 'sealed' is not where it should be");
        }
        if (!json.texts("transforms").contains(TransformChain.ENCRYPTION)) {
            throw new CorruptBackupException(source + " is encrypted, and its archive is not");
        }
        BackupKind kind = json.constant("kind", BackupKind.class);
        return new SealedManifest(
                version,
                kind,
                json.text("objectName"),
                json.text("format"),
                json.texts("transforms"),
                ManifestFields.packs(json, kind),
                ManifestFields.digest(json.object("stored")),
                key(json.object("key"), source),
                new Sealing(Arrays.copyOf(content, open), bytes(sealed, source)));
    }

    static WrappedKey key(JsonFields json, String source) throws CorruptBackupException {
        return new WrappedKey(
                json.text("id"),
                json.text("algorithm"),
                json.textMap("parameters"),
                bytes(json.text("wrapped"), source));
    }

    /** Takes one spelling only: of two manifests that mean the same, one was not written here. */
    private static byte[] bytes(String base64, String source) throws CorruptBackupException {
        byte[] bytes = Base64.getDecoder().decode(base64);
        if (!base64(bytes).equals(base64)) {
            throw new CorruptBackupException(source + " has base64 that was not written by this library");
        }
        return bytes;
    }

    static Manifest open(SealedManifest sealed, DataKey dataKey, String source) throws IOException {
        byte[] confidential = sealed.sealing().open(sealed.objectName(), dataKey, source);
        String part = source + ", encrypted part";
        return Documents.read(part, () -> {
            JsonFields json = ManifestJson.parse(confidential, part);
            return new Manifest(
                    sealed.kind(),
                    sealed.objectName(),
                    sealed.format(),
                    sealed.transforms(),
                    sealed.packs(),
                    ManifestFields.shape(json),
                    ManifestFields.metadata(json),
                    sealed.stored(),
                    ManifestFields.plain(json),
                    ManifestFields.databases(json),
                    ManifestFields.log(json, sealed.formatVersion(), sealed.kind(), source),
                    ManifestFields.changedEntries(json),
                    ManifestFields.writer(json));
        });
    }
}

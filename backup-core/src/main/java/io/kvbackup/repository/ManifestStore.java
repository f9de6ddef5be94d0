package io.kvbackup.repository;

import io.kvbackup.format.Limits;
import io.kvbackup.format.ManifestDocument;
import io.kvbackup.format.ManifestJson;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/** Reads and writes manifests: the last object that a backup writes, and the first that a deletion removes. */
public final class ManifestStore {
    private final StorageClient storage;

    public ManifestStore(StorageClient storage) {
        this.storage = storage;
    }

    public void write(String objectName, byte[] manifest, PutCondition condition) throws IOException {
        storage.upload(BackupName.manifestName(objectName), ContentWriter.of(manifest), condition);
    }

    /** The bytes of the manifest of an archive, or empty if there is none. */
    public Optional<byte[]> readBytes(String objectName) throws IOException {
        String key = BackupName.manifestName(objectName);
        try (InputStream in = storage.download(key, ByteRange.all())) {
            return Optional.of(readBytes(objectName, in));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static byte[] readBytes(String objectName, InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(Limits.MANIFEST_BYTES + 1);
        if (bytes.length > Limits.MANIFEST_BYTES) {
            throw new CorruptBackupException("manifest " + BackupName.manifestName(objectName) + " is larger than "
                    + Limits.MANIFEST_BYTES + " bytes");
        }
        return bytes;
    }

    /** The manifest of an archive, or empty if there is none. */
    public Optional<StoredManifest> read(BackupName name) throws IOException {
        Optional<byte[]> bytes = readBytes(name.objectName());
        return bytes.isPresent() ? Optional.of(parse(name, bytes.get())) : Optional.empty();
    }

    /** Reads a manifest from anywhere. */
    public static StoredManifest read(BackupName name, InputStream in) throws IOException {
        return parse(name, readBytes(name.objectName(), in));
    }

    private static StoredManifest parse(BackupName name, byte[] bytes) throws IOException {
        String key = BackupName.manifestName(name.objectName());
        ManifestDocument manifest = ManifestJson.decode(bytes, describe(name));
        requireSame(key, "object name", manifest.objectName(), name.objectName());
        requireSame(key, "format", manifest.format(), name.chain().format());
        requireSame(
                key,
                "transforms",
                manifest.transforms(),
                name.chain().transforms().names());
        return new StoredManifest(bytes, manifest);
    }

    static String describe(BackupName name) {
        return "manifest " + BackupName.manifestName(name.objectName());
    }

    private static void requireSame(String key, String what, Object promised, Object found)
            throws CorruptBackupException {
        if (!promised.equals(found)) {
            throw new CorruptBackupException("manifest " + key + " describes another archive: its " + what + " is "
                    + promised + ", the archive beside it has " + found + "; was it renamed?");
        }
    }
}

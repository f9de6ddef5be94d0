package io.kvbackup.repository;

import io.kvbackup.format.Manifest;
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
final class ManifestStore {
    private final StorageClient storage;

    ManifestStore(StorageClient storage) {
        this.storage = storage;
    }

    void write(Manifest manifest) throws IOException {
        String key = BackupName.manifestName(manifest.objectName());
        storage.upload(key, ContentWriter.of(ManifestJson.encode(manifest)), PutCondition.ifAbsent());
    }

    /** The bytes of the manifest of an archive, or empty if there is none. */
    Optional<byte[]> readBytes(String objectName) throws IOException {
        String key = BackupName.manifestName(objectName);
        byte[] bytes;
        try (InputStream in = storage.download(key, ByteRange.all())) {
            bytes = in.readNBytes(ManifestJson.MAX_BYTES + 1);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        if (bytes.length > ManifestJson.MAX_BYTES) {
            throw new CorruptBackupException(
                    "manifest " + key + " is larger than " + ManifestJson.MAX_BYTES + " bytes");
        }
        return Optional.of(bytes);
    }

    /** The manifest of an archive, or empty if there is none. */
    Optional<Manifest> read(BackupName name) throws IOException {
        Optional<byte[]> bytes = readBytes(name.objectName());
        if (bytes.isEmpty()) {
            return Optional.empty();
        }
        String key = BackupName.manifestName(name.objectName());
        Manifest manifest = ManifestJson.decode(bytes.get(), "manifest " + key);
        requireSame(key, "object name", manifest.objectName(), name.objectName());
        requireSame(key, "format", manifest.format(), name.chain().format().name());
        requireSame(
                key,
                "transforms",
                manifest.transforms(),
                name.chain().transforms().names());
        return Optional.of(manifest);
    }

    private static void requireSame(String key, String what, Object promised, Object found)
            throws CorruptBackupException {
        if (!promised.equals(found)) {
            throw new CorruptBackupException("manifest " + key + " describes another archive: its " + what + " is "
                    + promised + ", the archive beside it has " + found + "; was it renamed?");
        }
    }
}

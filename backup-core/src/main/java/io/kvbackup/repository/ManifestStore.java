package io.kvbackup.repository;

import io.kvbackup.format.Manifest;
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
final class ManifestStore {
    private final StorageClient storage;
    private final BackupKeys keys;

    ManifestStore(StorageClient storage, BackupKeys keys) {
        this.storage = storage;
        this.keys = keys;
    }

    /** @param key of the backup, if it is encrypted */
    void write(Manifest manifest, Optional<SealingKey> key) throws IOException {
        byte[] bytes = key.isPresent() ? keys.encode(manifest, key.get()) : ManifestJson.encode(manifest);
        storage.upload(
                BackupName.manifestName(manifest.objectName()), ContentWriter.of(bytes), PutCondition.ifAbsent());
    }

    /** The manifest of an archive, or empty if there is none. */
    Optional<StoredManifest> read(BackupName name) throws IOException {
        String key = BackupName.manifestName(name.objectName());
        try (InputStream in = storage.download(key, ByteRange.all())) {
            return Optional.of(read(name, in));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Reads a manifest from anywhere. */
    static StoredManifest read(BackupName name, InputStream in) throws IOException {
        String key = BackupName.manifestName(name.objectName());
        byte[] bytes = in.readNBytes(ManifestJson.MAX_BYTES + 1);
        if (bytes.length > ManifestJson.MAX_BYTES) {
            throw new CorruptBackupException(
                    "manifest " + key + " is larger than " + ManifestJson.MAX_BYTES + " bytes");
        }
        ManifestDocument manifest = ManifestJson.decode(bytes, describe(name));
        requireSame(key, "object name", manifest.objectName(), name.objectName());
        requireSame(key, "format", manifest.format(), name.chain().format().name());
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

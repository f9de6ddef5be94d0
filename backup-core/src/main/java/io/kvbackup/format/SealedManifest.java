package io.kvbackup.format;

import io.kvbackup.encryption.WrappedKey;
import io.kvbackup.model.BackupKind;
import io.kvbackup.pipeline.DataKey;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

/**
 * The manifest of an encrypted backup: what everybody may read, and the rest as a ciphertext that vouches for both.
 *
 * @param formatVersion {@value #FORMAT_VERSION} or {@link #TREE_VERSION}
 * @param kind how the backup is stored
 * @param objectName the archive that is described
 * @param format name of the archive format
 * @param transforms extensions of the transforms
 * @param packs what the tree's chunks and nodes lie in; none for other archives
 * @param stored the archive as it lies in the store
 * @param key the backup's data key, wrapped
 * @param sealing shape, metadata, plain digest and databases, encrypted
 */
public record SealedManifest(
        int formatVersion,
        BackupKind kind,
        String objectName,
        String format,
        List<String> transforms,
        List<PackRecord> packs,
        StreamDigest stored,
        WrappedKey key,
        Sealing sealing)
        implements ManifestDocument {
    /** The version that encrypted archives have: readers that know no encryption know no such version. */
    public static final int FORMAT_VERSION = 2;

    public SealedManifest {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(objectName, "objectName");
        Objects.requireNonNull(format, "format");
        transforms = List.copyOf(transforms);
        packs = Manifest.requireTree(kind, format, packs);
        Objects.requireNonNull(stored, "stored");
        Objects.requireNonNull(key, "key");
    }

    /**
     * Opens it.
     *
     * @param source what to call the manifest in messages
     * @throws io.kvbackup.model.CorruptBackupException if the ciphertext is not authentic or anything beside it was
     *     changed
     * @throws TooLargeException if this JVM cannot hold what it says
     */
    public Manifest open(DataKey dataKey, String source) throws IOException {
        return SealedManifestJson.open(this, dataKey, source);
    }
}

package io.kvbackup.repository;

import io.kvbackup.format.Manifest;
import io.kvbackup.format.StreamDigest;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.BackupMarks;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.pipeline.TransformContext;
import io.kvbackup.storage.StorageObject;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;

/**
 * A backup that was found in the store, as far as it is known without its key: enough to carry it elsewhere.
 *
 * @param name what the object name tells
 * @param archive the version of the archive that was found
 * @param manifest the manifest, if there is one
 * @param marks what is remembered beside it
 */
public record StoredArchive(
        BackupName name, StorageObject archive, Optional<StoredManifest> manifest, BackupMarks marks) {
    /** The public view, as far as it is known without reading the manifest. */
    Backup describeUnread() {
        return name.describe(archive, manifest.isPresent(), Optional.empty(), marks);
    }

    /** What the manifest says of the archive's bytes, if there is one. */
    public Optional<StreamDigest> promised() {
        return manifest.map(stored -> stored.document().stored());
    }

    /** @throws CorruptBackupException if the archive has another size than its manifest says */
    public void requirePromisedSize() throws CorruptBackupException {
        Optional<StreamDigest> promised = promised();
        if (promised.isPresent() && promised.get().bytes() != archive.size()) {
            throw new CorruptBackupException("archive " + name.objectName() + " has " + archive.size()
                    + " bytes, its manifest says " + promised.get().bytes());
        }
    }

    /**
     * Looks for what a tree cannot be read without. A writer that is still at work, or has died, leaves one for a
     * while.
     *
     * @throws NoSuchFileException if there is none
     */
    public void requireManifestOfTree() throws NoSuchFileException {
        if (manifest.isEmpty() && name.chain().kind() == BackupKind.INCREMENTAL) {
            throw new NoSuchFileException(
                    BackupName.manifestName(name.objectName()),
                    null,
                    name.objectName() + " is the document of an incremental backup that was not confirmed, or not yet:"
                            + " its manifest, which names its packs, is not there; choose another backup");
        }
    }

    /** Without what is remembered of verifications, which say nothing of a copy. */
    public StoredArchive withoutVerifications() {
        return new StoredArchive(name, archive, manifest, new BackupMarks(marks.pinned(), marks.tags(), List.of()));
    }

    StoredBackup opened(Optional<Manifest> read, TransformContext context) {
        return new StoredBackup(name, archive, read, marks, context);
    }
}

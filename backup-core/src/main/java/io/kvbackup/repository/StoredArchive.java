package io.kvbackup.repository;

import io.kvbackup.format.Manifest;
import io.kvbackup.model.BackupMarks;
import io.kvbackup.pipeline.TransformContext;
import io.kvbackup.storage.StorageObject;
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
    StoredBackup opened(Optional<Manifest> read, TransformContext context) {
        return new StoredBackup(name, archive, read, marks, context);
    }
}

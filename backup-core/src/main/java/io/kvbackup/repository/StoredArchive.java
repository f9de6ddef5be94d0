package io.kvbackup.repository;

import io.kvbackup.storage.StorageObject;
import java.util.Optional;

/**
 * A backup that was found in the store, as far as it is known without its key: enough to carry it elsewhere.
 *
 * @param name what the object name tells
 * @param archive the version of the archive that was found
 * @param manifest the manifest, if there is one
 */
public record StoredArchive(BackupName name, StorageObject archive, Optional<StoredManifest> manifest) {}

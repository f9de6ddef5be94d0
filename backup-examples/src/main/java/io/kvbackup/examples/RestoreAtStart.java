package io.kvbackup.examples;

import io.kvbackup.BackupManager;
import io.kvbackup.RestoreOptions;
import io.kvbackup.model.Backup;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.Optional;

/** A host that may start on an empty disk. */
final class RestoreAtStart {
    private RestoreAtStart() {}

    // region restore-at-start
    /** Returns what was restored; empty if the database has entries, or the store has no backup of it. */
    static Optional<Backup> restoreIfEmpty(BackupManager manager) throws IOException {
        try {
            return manager.restoreLatest(
                    "orders", RestoreOptions.builder().ifAbsent(true).build());
        } catch (FileAlreadyExistsException e) { // there are entries: this is no first start
            return Optional.empty();
        }
    }
    // endregion
}

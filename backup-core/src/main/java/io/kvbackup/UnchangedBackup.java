package io.kvbackup;

import io.kvbackup.encryption.EncryptionKeyException;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.repository.BackupCatalog;
import io.kvbackup.repository.FormatChain;
import io.kvbackup.repository.HeldDatabases;
import io.kvbackup.repository.StoredBackup;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds the backup that a new one would only repeat, if the databases have not changed since. */
final class UnchangedBackup {
    private final BackupCatalog catalog;
    private final HeldDatabases held;
    private final Marks marks;

    UnchangedBackup(BackupCatalog catalog, HeldDatabases held, Marks marks) {
        this.catalog = catalog;
        this.held = held;
        this.marks = marks;
    }

    /**
     * The newest backup of the databases, if it can stand for a new one.
     *
     * @param folder name of a database, or that for all databases
     */
    Optional<StoredBackup> candidate(String folder, BackupKind kind, FormatChain chain) throws IOException {
        try {
            List<Backup> newestFirst =
                    folder.equals(Backup.ALL_DATABASES) ? catalog.list() : held.backupsHolding(folder);
            Optional<Backup> newest = newestFirst.stream()
                    .findFirst()
                    .filter(backup -> backup.isGood()
                            && backup.credible()
                            && backup.database().equals(folder)
                            && backup.kind() == kind
                            && backup.format().equals(chain.toString()));
            return newest.isPresent() ? Optional.of(catalog.find(newest.get().objectName())) : Optional.empty();
        } catch (NoSuchFileException | CorruptBackupException | EncryptionKeyException e) {
            // Nothing there that could stand for a new backup.
            return Optional.empty();
        }
    }

    /** Gives it the tags that the new one was to have; empty if it was removed meanwhile. */
    Optional<Backup> use(StoredBackup unchanged, Set<String> tags) throws IOException {
        String name = unchanged.name().objectName();
        try {
            for (String tag : tags) {
                marks.tag(name, tag);
            }
            return Optional.of(catalog.find(name).describe());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}

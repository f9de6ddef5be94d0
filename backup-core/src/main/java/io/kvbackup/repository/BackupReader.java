package io.kvbackup.repository;

import io.kvbackup.database.EntryCursor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.format.ArchiveVisitor;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.ProgressListener;
import java.io.IOException;

/** Reads backups, from end to end or here and there. Safe for use by several threads. */
public interface BackupReader extends BackupScanner {
    /**
     * Opens a cursor over entries of one set. What it gives before it says that there are no more is proved for trees,
     * and for archives only when it says so.
     *
     * @throws IllegalArgumentException if the backup does not hold the database or the set
     */
    EntryCursor open(StoredBackup backup, String database, String set, KeyRange keys) throws IOException;

    /** Opens a cursor over all that a backup holds, which is proved when it says that there is no more. */
    AllEntries openAll(StoredBackup backup) throws IOException;

    /** Reads each backup in the way of its kind. */
    static BackupReader byKind(BackupReader full, BackupReader incremental) {
        return new BackupReader() {
            @Override
            public StoredContents contents(StoredBackup backup) throws IOException {
                return of(backup).contents(backup);
            }

            @Override
            public StoredContents read(
                    StoredBackup backup, ReadScope scope, ArchiveVisitor to, ProgressListener listener)
                    throws IOException {
                return of(backup).read(backup, scope, to, listener);
            }

            @Override
            public StoredContents verify(StoredBackup backup, ProgressListener listener) throws IOException {
                return of(backup).verify(backup, listener);
            }

            @Override
            public EntryCursor open(StoredBackup backup, String database, String set, KeyRange keys)
                    throws IOException {
                return of(backup).open(backup, database, set, keys);
            }

            @Override
            public AllEntries openAll(StoredBackup backup) throws IOException {
                return of(backup).openAll(backup);
            }

            private BackupReader of(StoredBackup backup) {
                return backup.name().chain().kind() == BackupKind.INCREMENTAL ? incremental : full;
            }
        };
    }
}

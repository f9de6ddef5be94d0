package io.kvbackup.repository;

import io.kvbackup.format.ArchiveVisitor;
import io.kvbackup.model.ProgressListener;
import java.io.IOException;

/**
 * Reads what a backup holds from its first entry to its last, and answers for what it read: a normal return says that
 * every byte, digest, count and name was as promised. What was pushed before is worth nothing if it throws.
 */
public interface BackupScanner {
    /** What a backup holds, by its manifest; one without is read from end to end. */
    StoredContents contents(StoredBackup backup) throws IOException;

    /**
     * Reads what is in scope and pushes it: begins and ends every database and set in order. A reader may push more
     * entries than are in scope; whoever reads filters.
     */
    StoredContents read(StoredBackup backup, ReadScope scope, ArchiveVisitor to, ProgressListener listener)
            throws IOException;

    /** Reads a whole backup for the sake of having verified it. */
    default StoredContents verify(StoredBackup backup, ProgressListener listener) throws IOException {
        return read(backup, ReadScope.EVERYTHING, new DiscardingVisitor(), listener);
    }
}

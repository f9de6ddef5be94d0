package io.kvbackup.database;

import io.kvbackup.model.DatabaseBackup;
import java.io.IOException;

/**
 * A key-value database of the host application, as the backup sees it.
 *
 * <p>Implementations are safe for use by several threads; the snapshots and restores they hand out belong to one thread
 * each. Run {@code DatabaseContract} from the test jar against your own.
 */
public interface Database {
    /** The name that backups are filed under: no {@code /}, no control characters, not {@code full}. */
    String name();

    /**
     * Fixes a consistent read view of all sets. Must not block writers where the engine has versions; where it has only a
     * lock, the lock is held until the snapshot is closed, by the calling thread.
     *
     * @throws IOException if the database is closed or gone
     */
    DatabaseSnapshot openSnapshot() throws IOException;

    /**
     * Starts to replace sets of the database. The sets that {@code header} names will hold exactly the entries that are
     * given to the restore; other sets of the database stay as they are.
     *
     * @param header describes what comes, under this database's name
     * @throws IOException if the database cannot take what is described, for example because it has no such set; says what
     *     to do
     */
    DatabaseRestore beginRestore(DatabaseBackup header) throws IOException;

    /**
     * Whether a restore could replace anything: whether the place that restores go to holds an entry. By default a snapshot is
     * looked at; a database whose restores go elsewhere than its snapshots come from looks there.
     */
    default boolean restoreReplacesEntries() throws IOException {
        return LiveEntries.any(this);
    }
}

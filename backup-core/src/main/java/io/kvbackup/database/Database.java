package io.kvbackup.database;

import io.kvbackup.model.DatabaseBackup;
import java.io.IOException;
import java.util.Optional;

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
     * Starts to replace only those entries of the named sets whose keys are in a range. For engines whose entries are more than
     * keys and values, so that reading and writing them all again would lose something of those that are not restored. The restore
     * is given <b>all</b> entries of the backup's sets, so that it can tell a range that is empty from a name that the backup does
     * not hold, which it refuses when it is {@linkplain DatabaseRestore#prepare prepared}; it passes over those out of the range.
     *
     * @param keys not all of them
     * @return empty if there is no such way, as by default: then the entries out of the range are read from a snapshot and
     *     given to {@link #beginRestore} along with those of the backup
     */
    default Optional<DatabaseRestore> beginPartialRestore(DatabaseBackup header, KeyRange keys) throws IOException {
        return Optional.empty();
    }

    /**
     * Whether a restore could replace anything: whether the place that restores go to holds an entry. By default a snapshot is
     * looked at; a database whose restores go elsewhere than its snapshots come from looks there.
     */
    default boolean restoreReplacesEntries() throws IOException {
        return LiveEntries.any(this);
    }
}

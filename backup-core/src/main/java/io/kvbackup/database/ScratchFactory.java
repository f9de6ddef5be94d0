package io.kvbackup.database;

import io.kvbackup.model.DatabaseBackup;
import java.io.Closeable;
import java.io.IOException;

/**
 * Makes databases that exist only to restore a backup into them once, as a drill. Use an engine like the live one: what
 * the drill proves is that this engine takes the backup and gives it back.
 *
 * <p>Each database that is used is discarded on the same thread, however the drill ends. One that is refused, because
 * it has entries or is a live one, is left alone. Safe for use by several threads if drills run side by side.
 */
@FunctionalInterface
public interface ScratchFactory {
    /**
     * Makes an empty database.
     *
     * @param header describes what will be restored: sets with their encodings, indexes, access settings. The name can
     *     be one of a database; names of sets are as the archive has them
     * @return a database of any name that takes those sets and has no entry; never a live one, never {@code null}
     */
    Database create(DatabaseBackup header) throws IOException;

    /**
     * Throws a database away, with all it left on disk. Closes it if it is {@link Closeable}, unless overridden.
     *
     * @param scratch what {@link #create} returned
     */
    default void discard(Database scratch) throws IOException {
        if (scratch instanceof Closeable closeable) {
            closeable.close();
        }
    }

    /** Databases in the heap, which hold whatever is restored into them as bytes. */
    static ScratchFactory inMemory() {
        return MapScratch::of;
    }
}

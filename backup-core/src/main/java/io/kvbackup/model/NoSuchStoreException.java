package io.kvbackup.model;

import java.nio.file.NoSuchFileException;

/**
 * Thrown when a place is read, or written to by a manager that must not make stores, and no backups are kept there: it
 * was mistyped, lies too deep or too high, or its disk is not mounted. An empty store is another thing: it has had a
 * writer, which left a {@code kvbackup.json} there.
 *
 * <p>Nothing was changed when it is thrown. The message says what lies there instead, and what to do.
 */
public final class NoSuchStoreException extends NoSuchFileException {
    private static final long serialVersionUID = 1L;

    /** @param store the place, as its client names it */
    public NoSuchStoreException(String store, String reason) {
        super(store, null, reason);
    }
}

package io.kvbackup.model;

import java.io.IOException;

/**
 * Thrown when stored bytes are not what was written: they are damaged, cut short, incomplete, or of an unknown kind.
 *
 * <p>Nothing was changed when it is thrown. The message names the object, what was expected and what was found.
 */
public final class CorruptBackupException extends IOException {
    private static final long serialVersionUID = 1L;

    public CorruptBackupException(String message) {
        super(message);
    }

    public CorruptBackupException(String message, Throwable cause) {
        super(message, cause);
    }
}

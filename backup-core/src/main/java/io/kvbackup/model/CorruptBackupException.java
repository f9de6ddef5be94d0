package io.kvbackup.model;

import java.io.IOException;

/**
 * Thrown when stored bytes are not what was written: damaged, cut short, incomplete, or of a kind that cannot be read.
 *
 * <p>Whoever throws it has changed nothing. The message names the object, what was expected and what was found.
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

package io.kvbackup.repository.log;

import java.io.IOException;
import java.io.Serial;

/** What was to be read for a moment of a log is gone since it was planned: merged, or removed. Plan again. */
public final class LogVanishedException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    LogVanishedException(String message, Throwable cause) {
        super(message, cause);
    }
}

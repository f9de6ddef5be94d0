package io.kvbackup.database;

import java.io.IOException;
import java.io.Serial;

/**
 * A log does not hold all commits that were asked for: they were thrown away, or made in a way that leaves no record.
 * The message says what happened and how the host avoids it. Replication goes on from a new whole backup.
 */
public final class ChangeGapException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    public ChangeGapException(String message) {
        super(message);
    }

    public ChangeGapException(String message, Throwable cause) {
        super(message, cause);
    }
}

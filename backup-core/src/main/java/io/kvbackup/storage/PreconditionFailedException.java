package io.kvbackup.storage;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Thrown when the condition of a write or of a pinned read does not hold. Nothing was written. */
public final class PreconditionFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    public PreconditionFailedException(String message) {
        super(message);
    }

    public PreconditionFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

package io.kvbackup.format;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Something is whole, for all that is known, but takes more memory than there is, or than it is trusted with. */
public final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    public TooLargeException(String message) {
        super(message);
    }

    public TooLargeException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

package io.kvbackup.pipeline;

import java.io.IOException;

/** Not damage, though it comes from a decoder. */
final class MissingKeyException extends IOException {
    private static final long serialVersionUID = 1L;

    MissingKeyException(String message) {
        super(message);
    }
}

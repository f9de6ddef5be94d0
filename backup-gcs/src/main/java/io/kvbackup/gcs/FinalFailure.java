package io.kvbackup.gcs;

import java.io.IOException;

/** A failure that no repetition of the request can change. Its message is complete. */
final class FinalFailure extends IOException {
    private static final long serialVersionUID = 1L;

    FinalFailure(String message) {
        super(message);
    }
}

package io.kvbackup.server;

import java.io.Serial;

/** A request that is answered with an error; the message is for whoever asked. */
final class HttpFailure extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int status;

    HttpFailure(int status, String message) {
        super(message);
        this.status = status;
    }

    int status() {
        return status;
    }
}

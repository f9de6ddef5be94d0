package io.kvbackup.job;

import java.io.IOException;

/** Carries a checked exception of a host's task; the history tells of the cause. */
final class TaskFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    TaskFailedException(Exception cause) {
        super(FailureText.of(cause), cause);
    }
}

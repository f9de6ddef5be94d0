package io.kvbackup.job;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** A failure and its causes in words. */
final class FailureText {
    /** Enough to see what happened, little enough to keep thousands. */
    private static final int MAX_LENGTH = 2000;

    private FailureText() {}

    static String of(Throwable thrown) {
        Throwable inside = thrown instanceof TaskFailedException ? thrown.getCause() : thrown;
        Throwable failure = inside == null ? thrown : inside;
        StringBuilder text = new StringBuilder(one(failure));
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        seen.add(failure);
        for (Throwable cause = failure.getCause(); cause != null && seen.add(cause); cause = cause.getCause()) {
            // Some exceptions repeat the message of their cause.
            if (cause.getMessage() == null || text.indexOf(cause.getMessage()) < 0) {
                text.append("; caused by ").append(one(cause));
            }
        }
        return text.length() <= MAX_LENGTH ? text.toString() : text.substring(0, MAX_LENGTH) + "…";
    }

    private static String one(Throwable failure) {
        String name = failure.getClass().getSimpleName();
        return failure.getMessage() == null ? name : name + ": " + failure.getMessage();
    }
}

package io.kvbackup;

import io.kvbackup.model.ProgressListener;

/** Puts listeners together. */
final class Listeners {
    private Listeners() {}

    /** Tells one, then the other. */
    static ProgressListener both(ProgressListener first, ProgressListener second) {
        return progress -> {
            first.onProgress(progress);
            second.onProgress(progress);
        };
    }
}

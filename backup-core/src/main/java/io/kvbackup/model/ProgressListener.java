package io.kvbackup.model;

/** Hears of progress a few times a second, and once at the end, on the thread that does the work: be quick. */
@FunctionalInterface
public interface ProgressListener {
    /** Listens to nothing. */
    ProgressListener NONE = progress -> {};

    void onProgress(Progress progress);

    /** Tells this listener, then another. */
    default ProgressListener andThen(ProgressListener next) {
        return progress -> {
            onProgress(progress);
            next.onProgress(progress);
        };
    }
}

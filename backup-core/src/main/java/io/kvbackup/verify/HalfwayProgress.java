package io.kvbackup.verify;

import io.kvbackup.model.Progress;
import io.kvbackup.model.ProgressListener;
import java.time.Duration;

/** Joins two progresses, one after the other over the same entries, into one. Used by one thread. */
final class HalfwayProgress {
    private final ProgressListener listener;
    private Progress half = new Progress(0, 0, 0, Duration.ZERO);

    HalfwayProgress(ProgressListener listener) {
        this.listener = listener;
    }

    void firstHalf(Progress progress) {
        half = progress;
        listener.onProgress(new Progress(
                progress.entries(), progress.bytes(), Math.min(1, progress.fraction()) / 2, progress.elapsed()));
    }

    void secondHalf(Progress progress) {
        listener.onProgress(new Progress(
                half.entries() + progress.entries(),
                half.bytes() + progress.bytes(),
                0.5 + Math.min(1, progress.fraction()) / 2,
                half.elapsed().plus(progress.elapsed())));
    }
}

package io.kvbackup.examples;

import io.kvbackup.model.Progress;
import io.kvbackup.model.ProgressListener;
import java.io.PrintStream;

/** Draws how far the work has come, on one line that is written over. */
final class ProgressBar implements ProgressListener {
    private static final int WIDTH = 30;

    private final PrintStream out;
    private final String title;

    ProgressBar(PrintStream out, String title) {
        this.out = out;
        this.title = title;
    }

    @Override
    public void onProgress(Progress progress) {
        double fraction = Math.max(0, Math.min(1, progress.fraction()));
        int done = (int) Math.round(fraction * WIDTH);
        out.printf(
                "\r  %-8s [%s%s] %3.0f %%  %,d entries, %.0f MB/s ",
                title,
                "#".repeat(done),
                ".".repeat(WIDTH - done),
                fraction * 100,
                progress.entries(),
                progress.bytesPerSecond() / 1e6);
        out.flush();
    }

    /** Ends the line. */
    void end() {
        out.println();
    }
}

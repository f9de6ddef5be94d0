package io.kvbackup.cli;

import io.kvbackup.BackupManager;
import io.kvbackup.job.Job;
import io.kvbackup.job.JobStatus;
import io.kvbackup.model.Progress;
import java.io.Closeable;
import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One line on the terminal that shows how far the work has come. Nothing if nobody watches. */
final class ProgressLine implements Closeable {
    private static final long PAUSE_MILLIS = 250;
    private static final int BAR = 20;
    private static final String CLEAR = "\r\u001b[K";

    private final BackupManager manager;
    private final PrintStream err;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread = new Thread(this::watch, "kvbackup-progress");

    private ProgressLine(BackupManager manager, PrintStream err) {
        this.manager = manager;
        this.err = err;
    }

    static ProgressLine of(BackupManager manager, Terminal terminal) {
        ProgressLine line = new ProgressLine(manager, terminal.err());
        if (terminal.interactive()) {
            line.thread.setDaemon(true);
            line.thread.start();
        }
        return line;
    }

    private void watch() {
        boolean shown = false;
        try {
            while (!ended.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                for (Job job : manager.jobs().list()) {
                    if (job.status() == JobStatus.RUNNING) {
                        err.print(CLEAR + text(job.kind(), job.progress()));
                        err.flush();
                        shown = true;
                        break;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (shown) {
            err.print(CLEAR);
            err.flush();
        }
    }

    static String text(String kind, Progress progress) {
        StringBuilder text = new StringBuilder(kind);
        if (progress.fraction() >= 0) {
            double share = Math.min(1, progress.fraction());
            int full = (int) (share * BAR);
            text.append(String.format(Locale.ROOT, " %3.0f %% [", share * 100))
                    .append("#".repeat(full))
                    .append("-".repeat(BAR - full))
                    .append(']');
        }
        text.append("  ")
                .append(Words.bytes(progress.bytes()))
                .append("  ")
                .append(Words.bytes((long) progress.bytesPerSecond()))
                .append("/s");
        progress.remaining()
                .ifPresent(left -> text.append("  ").append(Words.span(left)).append(" left"));
        return text.toString();
    }

    @Override
    public void close() {
        ended.countDown();
        if (thread.isAlive()) {
            try {
                thread.join(10 * PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

package io.kvbackup.gcs;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs the tasks of one upload on threads of its own, so many at a time, until one fails. For one caller. */
final class PartWorkers {
    /** Something that may fail. */
    @FunctionalInterface
    interface Task {
        void run() throws IOException;
    }

    private final int limit;
    private final Semaphore free;
    private final ExecutorService threads;
    private volatile @Nullable Throwable failure;

    PartWorkers(int limit) {
        this.limit = limit;
        this.free = new Semaphore(limit);
        this.threads = Executors.newFixedThreadPool(limit, task -> {
            Thread thread = new Thread(task, "kvbackup-gcs-part");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Waits until fewer tasks than the limit are under way; throws what one of them has thrown. */
    void reserve() throws IOException {
        acquire(1);
    }

    /** Starts a task for which there is a place. */
    void start(Task task) {
        threads.execute(() -> {
            try {
                if (failure == null) {
                    task.run();
                }
            } catch (Throwable e) {
                fail(e);
            } finally {
                free.release();
            }
        });
    }

    /** Waits until all tasks have ended; throws what one of them has thrown. */
    void await() throws IOException {
        acquire(limit);
        free.release(limit);
    }

    private void acquire(int places) throws IOException {
        try {
            free.acquire(places);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while parts were under way");
        }
        if (failure != null) {
            free.release(places);
            rethrow(failure);
        }
    }

    private synchronized void fail(Throwable e) {
        if (failure == null) {
            failure = e;
        }
    }

    private static void rethrow(Throwable failure) throws IOException {
        if (failure instanceof IOException e) {
            throw e;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        throw new IOException("a part could not be sent: " + failure, failure);
    }

    /** Begins no more tasks, and ends the threads; whether all tasks that were under way have ended in that time. */
    boolean stop(Duration patience) {
        fail(new IOException("the upload was given up"));
        threads.shutdownNow();
        try {
            return threads.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}

package io.kvbackup.s3;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs the tasks of one upload on other threads, so many at a time, until one fails. */
final class PartTasks {
    /** Something that may fail. */
    @FunctionalInterface
    interface Task {
        void run() throws IOException;
    }

    private final Executor executor;
    private final int limit;
    private final Duration grace;
    private final Set<Thread> workers = new HashSet<>();
    private int unfinished;
    private volatile @Nullable Throwable failure;

    /** @param grace how long {@link #cancel} lets running tasks end by themselves */
    PartTasks(Executor executor, int limit, Duration grace) {
        this.executor = executor;
        this.limit = limit;
        this.grace = grace;
    }

    /**
     * Starts a task, as soon as fewer than the limit are unfinished.
     *
     * @param after runs in any case when the task has ended or will never run
     */
    void submit(Task task, Runnable after) throws IOException {
        try {
            awaitFewerThan(limit);
            synchronized (this) {
                unfinished++;
            }
        } catch (IOException | RuntimeException e) {
            after.run();
            throw e;
        }
        try {
            executor.execute(() -> run(task, after));
        } catch (RejectedExecutionException e) {
            finish(after);
            throw new IOException("the executor that sends parts takes no more tasks; it has been shut down", e);
        }
    }

    private void run(Task task, Runnable after) {
        try {
            if (begin()) {
                task.run();
            }
        } catch (Throwable e) {
            fail(e);
        } finally {
            finish(after);
        }
    }

    private synchronized boolean begin() {
        if (failure != null) {
            return false;
        }
        workers.add(Thread.currentThread());
        return true;
    }

    private synchronized void fail(Throwable e) {
        if (failure == null) {
            failure = e;
        }
        notifyAll();
    }

    private void finish(Runnable after) {
        after.run();
        synchronized (this) {
            workers.remove(Thread.currentThread());
            unfinished--;
            notifyAll();
        }
    }

    /** Throws what the first task that failed has thrown, if one has. */
    void check() throws IOException {
        Throwable e = failure;
        if (e instanceof Error error) {
            throw error;
        }
        if (e instanceof InterruptedIOException) {
            throw new IOException("a thread that sends parts was interrupted; the executor may be shutting down", e);
        }
        if (e instanceof IOException io) {
            throw io;
        }
        if (e != null) {
            throw new IOException("a part cannot be sent: " + e.getMessage(), e);
        }
    }

    /** Waits until all tasks have ended well; throws as soon as one has failed. */
    void awaitAll() throws IOException {
        awaitFewerThan(1);
    }

    private synchronized void awaitFewerThan(int count) throws IOException {
        while (true) {
            check();
            if (Thread.interrupted()) {
                throw interrupted();
            }
            if (unfinished < count) {
                return;
            }
            try {
                wait();
            } catch (InterruptedException e) {
                throw interrupted();
            }
        }
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while parts were being sent");
    }

    /** Starts no more tasks, and returns when none is running. Not to be interrupted: an abort has to follow. */
    void cancel() {
        boolean interrupted = Thread.interrupted();
        synchronized (this) {
            if (failure == null) {
                failure = new IOException("the upload was given up");
            }
            long deadline = System.nanoTime() + grace.toNanos();
            while (unfinished > 0) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) {
                    workers.forEach(Thread::interrupt);
                }
                try {
                    wait(left <= 0 ? 1_000 : left + 1);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

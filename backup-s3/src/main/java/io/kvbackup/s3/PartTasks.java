package io.kvbackup.s3;

import io.kvbackup.pipeline.Interruption;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs the tasks of one upload on other threads, so many at a time, until one fails.
 *
 * <p>An executor may accept a task and never run it: it is shut down later, or its only thread is the one that waits
 * here. So nobody waits for a task that has not begun: the caller, who has to wait anyway, runs it instead. One caller
 * only.
 */
final class PartTasks {
    /** Something that may fail. */
    @FunctionalInterface
    interface Task {
        void run() throws IOException;
    }

    /** @param after runs in any case, once */
    private record Job(Task task, Runnable after) {}

    /** How long the executor may take to begin any task, before the caller begins one itself. */
    private static final Duration PATIENCE = Duration.ofMillis(250);

    private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);

    private final Executor executor;
    private final int limit;
    private final Duration grace;
    private final Set<Thread> workers = new HashSet<>();
    private final Map<Integer, Job> waiting = new TreeMap<>();
    private int submitted;
    private int running;
    private Duration patience = PATIENCE;
    private volatile @Nullable Throwable failure;

    /** @param grace how long {@link #cancel} lets running tasks end by themselves, before it interrupts them */
    PartTasks(Executor executor, int limit, Duration grace) {
        this.executor = executor;
        this.limit = limit;
        this.grace = grace;
    }

    /** Waits until fewer tasks than the limit are unfinished; throws what one of them has thrown. */
    void awaitRoom() throws IOException {
        awaitFewerThan(limit);
    }

    /**
     * Starts a task, as soon as fewer than the limit are unfinished.
     *
     * @param after runs in any case when the task has ended or will never run
     */
    void submit(Task task, Runnable after) throws IOException {
        int number;
        try {
            awaitFewerThan(limit);
            synchronized (this) {
                number = submitted++;
                waiting.put(number, new Job(task, after));
            }
        } catch (IOException | RuntimeException | Error e) {
            after.run();
            throw e;
        }
        try {
            // Only the number, because an executor may hold on to what it does not run, and parts are large.
            executor.execute(() -> runOnExecutor(number));
        } catch (RejectedExecutionException e) {
            drop(number);
            throw new IOException("the executor that sends parts takes no more tasks; it has been shut down", e);
        }
    }

    private void drop(int number) {
        Job job;
        synchronized (this) {
            job = waiting.remove(number);
        }
        if (job != null) {
            job.after().run();
        }
    }

    private void runOnExecutor(int number) {
        Job job;
        synchronized (this) {
            job = begin(number);
            if (job != null) {
                patience = PATIENCE;
            }
        }
        if (job != null) {
            run(job);
        }
    }

    private void run(Job job) {
        try {
            if (failure == null) {
                job.task().run();
            }
        } catch (Throwable e) {
            fail(e);
        } finally {
            finish(job.after());
        }
    }

    /** Null if the task was begun, or dropped, before. */
    private synchronized @Nullable Job begin(int number) {
        Job job = waiting.remove(number);
        if (job != null) {
            running++;
            workers.add(Thread.currentThread());
            notifyAll();
        }
        return job;
    }

    private synchronized void fail(Throwable e) {
        if (failure == null) {
            failure = e;
        }
        notifyAll();
    }

    private void finish(Runnable after) {
        try {
            after.run();
        } finally {
            synchronized (this) {
                workers.remove(Thread.currentThread());
                running--;
                notifyAll();
            }
        }
    }

    /** Throws what the first task that failed has thrown, if one has. */
    private void check() throws IOException {
        Throwable e = failure;
        if (e instanceof Error error) {
            throw error;
        }
        if (Interruption.is(e)) {
            throw new IOException("a thread that sends parts was interrupted; the executor may be shutting down", e);
        }
        if (e instanceof IOException io) {
            throw io;
        }
        if (e instanceof RuntimeException runtime) {
            throw runtime;
        }
    }

    /** Waits until all tasks have ended well; throws as soon as one has failed. */
    void awaitAll() throws IOException {
        awaitFewerThan(1);
    }

    private void awaitFewerThan(int count) throws IOException {
        Job starved = awaitOrBegin(count);
        while (starved != null) {
            run(starved);
            starved = awaitOrBegin(count);
        }
    }

    /** Waits for fewer unfinished tasks; or begins one, for the caller to run, because no other thread does. */
    private synchronized @Nullable Job awaitOrBegin(int count) throws IOException {
        long idleSince = System.nanoTime();
        try {
            while (isMoreToDo(count)) {
                long left = patience.toNanos() - (System.nanoTime() - idleSince);
                if (running > 0) {
                    wait();
                    idleSince = System.nanoTime();
                } else if (left > 0) {
                    wait(TimeUnit.NANOSECONDS.toMillis(left) + 1);
                } else {
                    patience = Duration.ZERO;
                    return begin(waiting.keySet().iterator().next());
                }
            }
            return null;
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private synchronized boolean isMoreToDo(int count) throws IOException {
        if (Thread.interrupted()) {
            throw interrupted();
        }
        check();
        return waiting.size() + running >= count;
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while parts were being sent");
    }

    /** Starts no more tasks, and returns when none is running. Not to be interrupted: an abort has to follow. */
    void cancel() {
        cancel(FOR_EVER);
    }

    /** As {@link #cancel()}, but for at most that time; whether none is running. */
    boolean cancel(Duration wait) {
        boolean interrupted = Thread.interrupted();
        List<Integer> dropped;
        synchronized (this) {
            if (failure == null) {
                failure = new IOException("the upload was given up");
            }
            dropped = List.copyOf(waiting.keySet());
        }
        dropped.forEach(this::drop);
        long start = System.nanoTime();
        try {
            while (true) {
                try {
                    return awaitRunning(start, wait.toNanos());
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized boolean awaitRunning(long start, long limit) throws InterruptedException {
        while (running > 0) {
            long waited = System.nanoTime() - start;
            if (waited >= limit) {
                return false;
            }
            long left = grace.toNanos() - waited;
            if (left <= 0) {
                workers.forEach(Thread::interrupt);
                left = TimeUnit.SECONDS.toNanos(1);
            }
            wait(TimeUnit.NANOSECONDS.toMillis(Math.min(left, limit - waited)) + 1);
        }
        return true;
    }
}

package io.kvbackup.database.directory;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Makes many files durable, several at once: a disk that needs milliseconds for one needs hardly more for all those
 * that wait at the same time.
 */
final class SyncQueue implements Closeable {
    private static final int THREADS = 16;
    private static final int WAITING = 1_000;

    @FunctionalInterface
    interface Sync {
        void sync(Path file) throws IOException;
    }

    private final Sync sync;
    private final ThreadPoolExecutor threads;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    SyncQueue(Sync sync) {
        this.sync = sync;
        this.threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                1,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING),
                work -> {
                    Thread thread = new Thread(work, "kvbackup-sync");
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.CallerRunsPolicy());
    }

    /** The file can be opened until {@link #await} returns. */
    void add(Path file) throws IOException {
        threads.execute(() -> {
            try {
                sync.sync(file);
            } catch (IOException | RuntimeException | Error e) {
                failure.compareAndSet(null, e);
            }
        });
        throwFailure();
    }

    /** Returns when all files are durable. Nothing is added afterwards. */
    void await() throws IOException {
        threads.shutdown();
        boolean interrupted = false;
        while (!threads.isTerminated()) {
            try {
                threads.awaitTermination(1, TimeUnit.HOURS);
            } catch (InterruptedException e) {
                interrupted = true;
                threads.getQueue().clear();
                failure.compareAndSet(null, new InterruptedIOException("interrupted while syncing files"));
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        throwFailure();
    }

    private void throwFailure() throws IOException {
        Throwable thrown = failure.get();
        if (thrown instanceof InterruptedIOException interrupt) {
            throw interrupt;
        }
        if (thrown != null) {
            throw new IOException("cannot make a restored file durable: " + thrown.getMessage(), thrown);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}

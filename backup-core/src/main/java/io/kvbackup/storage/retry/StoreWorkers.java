package io.kvbackup.storage.retry;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs requests on threads of their own, so that a request that hangs can be given up. */
final class StoreWorkers {
    private static final Logger LOG = LoggerFactory.getLogger(StoreWorkers.class);

    private final Executor executor;
    private final RetryTime time;

    StoreWorkers(Executor executor, RetryTime time) {
        this.executor = executor;
        this.time = time;
    }

    /** A request under way. */
    record Running<T>(CompletableFuture<T> result, FutureTask<Void> task) {
        /** Interrupts the request and forgets it; closes what it may still return. */
        void abandon() {
            result.cancel(false);
            task.cancel(true);
        }
    }

    /** Runs a request and waits for it no longer than {@code limit}. */
    <T> T call(String operation, Duration limit, StoreCall<T> call) throws IOException {
        Running<T> running = start(operation, call);
        try {
            return await(operation, running.result(), limit);
        } catch (IOException | RuntimeException | Error e) {
            running.abandon();
            // The result may have arrived at the moment when it was given up.
            if (!running.result().isCancelled()
                    && !running.result().isCompletedExceptionally()
                    && running.result().join() instanceof AutoCloseable late) {
                closeLater("close " + operation, late);
            }
            throw e;
        }
    }

    <T> Running<T> start(String operation, StoreCall<T> call) throws IOException {
        CompletableFuture<T> result = new CompletableFuture<>();
        AtomicBoolean begun = new AtomicBoolean();
        Runnable work = () -> {
            if (begun.compareAndSet(false, true)) {
                run(operation, call, result);
            }
        };
        FutureTask<Void> task = new FutureTask<>(work, null) {
            /** A request that is cancelled before it begins has ended, too. */
            @Override
            protected void done() {
                if (begun.compareAndSet(false, true)) {
                    result.cancel(false);
                }
            }
        };
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            throw new IOException("cannot " + operation + ": the client is closed, or its executor is full", e);
        }
        return new Running<>(result, task);
    }

    private static <T> void run(String operation, StoreCall<T> call, CompletableFuture<T> result) {
        try {
            T value = call.run();
            if (!result.complete(value) && value instanceof AutoCloseable late) {
                late.close();
            }
        } catch (Throwable e) { // an Error too must reach the thread that waits
            if (!result.completeExceptionally(
                    e instanceof RuntimeException unchecked ? told(operation, unchecked) : e)) {
                LOG.debug("request failed after it was given up: {}", e.toString());
            }
        }
    }

    /** An error of the caller is thrown as it is; anything else that a client throws is a failure of its store. */
    private static Exception told(String operation, RuntimeException thrown) {
        if (thrown instanceof IllegalArgumentException || thrown instanceof UncheckedIOException) {
            return thrown;
        }
        return new IOException(
                "cannot " + operation + ": the client of the store failed: " + thrown
                        + "; what it throws should be an IOException that tells more",
                thrown);
    }

    /** Waits for a result; a time-out is an ordinary failure of the store. */
    <T> T await(String operation, Future<T> result, Duration limit) throws IOException {
        try {
            return time.await(result, limit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(operation + " was interrupted");
        } catch (TimeoutException e) {
            throw new IOException("cannot " + operation + ": the store did not answer for " + limit, e);
        } catch (ExecutionException e) {
            throw unwrap(e.getCause());
        }
    }

    private static IOException unwrap(@Nullable Throwable cause) {
        if (cause instanceof UncheckedIOException unchecked) {
            return Objects.requireNonNull(unchecked.getCause());
        }
        if (cause instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof IOException e ? e : new IOException(cause);
    }

    /**
     * Closes something that may hang. Without an answer in time, or after an interrupt, it is left alone, but never
     * given up: a close that does not run leaks a connection.
     */
    void close(String operation, Duration limit, AutoCloseable resource) {
        try {
            await(operation, start(operation, () -> closeNow(resource)).result(), limit);
        } catch (IOException e) {
            LOG.debug("{}: {}", operation, e.toString());
        }
    }

    /** Closes something that is broken, without waiting for it. */
    void closeLater(String operation, AutoCloseable resource) {
        try {
            start(operation, () -> closeNow(resource));
        } catch (IOException e) {
            LOG.debug("{}: {}", operation, e.toString());
        }
    }

    private static boolean closeNow(AutoCloseable resource) throws IOException {
        try {
            resource.close();
            return true;
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}

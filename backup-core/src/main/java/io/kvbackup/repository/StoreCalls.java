package io.kvbackup.repository;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The same request to several stores at once, none of which has to wait for another. Used by one thread. */
final class StoreCalls<T> {
    /** A request to one store. */
    interface Call<T> {
        T run() throws IOException;
    }

    private final Executor executor;
    private final Map<String, FutureTask<T>> underWay = new LinkedHashMap<>();

    /** @param executor if it takes no task, that request is sent from the calling thread */
    StoreCalls(Executor executor) {
        this.executor = executor;
    }

    void start(String store, Call<T> call) {
        FutureTask<T> task = new FutureTask<>(call::run);
        underWay.put(store, task);
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            task.run();
        }
    }

    /**
     * Waits for one store.
     *
     * @throws InterruptedIOException if the thread is interrupted; all requests are given up then
     * @throws IOException if the request failed, or had no reply in time
     */
    T await(String store, long nanos) throws IOException {
        FutureTask<T> task = underWay.get(store);
        if (task == null) {
            throw new IllegalArgumentException("no request to " + store);
        }
        try {
            return task.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            abandon();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for store " + store);
        } catch (TimeoutException e) {
            throw new IOException(
                    "store " + store + " did not answer for " + TimeUnit.NANOSECONDS.toSeconds(nanos) + " seconds", e);
        } catch (CancellationException e) {
            throw new IOException("the request to store " + store + " was given up", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof IOException failure
                    ? failure
                    : new IOException("store " + store + ": " + e.getCause(), e.getCause());
        }
    }

    /** Interrupts all that is still under way. */
    void abandon() {
        underWay.values().forEach(task -> task.cancel(true));
    }
}

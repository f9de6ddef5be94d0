package io.kvbackup.repository;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The same request to several stores at once, none of which has to wait for another. Used by one thread. */
public final class StoreFanOut<T> {
    /** A request to one store. */
    public interface Call<T> {
        T run() throws IOException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(StoreFanOut.class);

    private final Executor executor;
    private final Map<String, FutureTask<T>> underWay = new LinkedHashMap<>();
    private final List<CompletableFuture<Boolean>> ends = new ArrayList<>();

    /** @param executor if it takes no task, that request is sent from the calling thread */
    public StoreFanOut(Executor executor) {
        this.executor = executor;
    }

    public void start(String store, Call<T> call) {
        CompletableFuture<Boolean> end = new CompletableFuture<>();
        AtomicBoolean begun = new AtomicBoolean();
        FutureTask<T> task =
                new FutureTask<>(() -> {
                    begun.set(true);
                    try {
                        return call.run();
                    } finally {
                        end.complete(true);
                    }
                }) {
                    @Override
                    protected void done() {
                        if (!begun.get()) {
                            end.complete(true);
                        }
                    }
                };
        underWay.put(store, task);
        try {
            executor.execute(task);
            ends.add(end);
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
    public T await(String store, long nanos) throws IOException {
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
            throw new IOException(
                    "the request to store " + store
                            + " was given up, since this thread was interrupted or another request failed",
                    e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof IOException failure
                    ? failure
                    : new IOException("store " + store + ": " + e.getCause(), e.getCause());
        }
    }

    /**
     * Waits for one store as long as it takes. If no thread has begun with the request, it is sent from the calling
     * thread.
     *
     * @throws IOException as {@link #await}
     */
    public T complete(String store) throws IOException {
        FutureTask<T> task = underWay.get(store);
        if (task != null) {
            task.run();
        }
        return await(store, Long.MAX_VALUE);
    }

    /** Interrupts all that is still under way. */
    public void abandon() {
        underWay.values().forEach(task -> task.cancel(true));
    }

    /** Interrupts all that is still under way, and lets it tidy up for a while, even if this thread was interrupted. */
    public void abandon(Duration patience) {
        boolean underway = underWay.values().stream().anyMatch(task -> !task.isDone() || task.isCancelled());
        abandon();
        if (!underway) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        try {
            CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
                    .get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        } catch (TimeoutException | ExecutionException e) {
            LOG.warn(
                    "requests that were given up are still at work after {}, at some of the stores {}",
                    patience,
                    underWay.keySet());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

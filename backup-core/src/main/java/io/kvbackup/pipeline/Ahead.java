package io.kvbackup.pipeline;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Work that may be done before somebody needs it. If no thread of the executor has begun it by then, whoever needs it
 * does it, so that no executor can bring it to a standstill. Safe for use by several threads.
 */
public final class Ahead<T> {
    /** What is to be done. */
    @FunctionalInterface
    public interface Work<T> {
        T run() throws IOException;
    }

    private enum State {
        WAITING,
        RUNNING,
        DONE
    }

    private final Work<T> work;
    private State state = State.WAITING;
    private boolean abandoned;
    private @Nullable Thread runner;
    private @Nullable T result;
    private @Nullable Throwable failure;

    private Ahead(Work<T> work) {
        this.work = work;
    }

    /** Work that is begun by whoever needs it first. */
    public static <T> Ahead<T> idle(Work<T> work) {
        return new Ahead<>(work);
    }

    /** Has the work begun as soon as the executor has a thread. */
    public Ahead<T> start(Executor executor) {
        try {
            executor.execute(this::runUnlessBegun);
        } catch (RejectedExecutionException e) {
            // Whoever needs it does it.
        }
        return this;
    }

    private void runUnlessBegun() {
        synchronized (this) {
            if (state != State.WAITING) {
                return;
            }
            state = State.RUNNING;
            runner = Thread.currentThread();
        }
        T made = null;
        Throwable thrown = null;
        try {
            made = work.run();
        } catch (Throwable e) {
            // Also what is not declared: whoever waits must hear of it.
            thrown = e;
        }
        end(made, thrown);
    }

    private synchronized void end(@Nullable T made, @Nullable Throwable thrown) {
        state = State.DONE;
        result = made;
        failure = thrown;
        runner = null;
        if (abandoned) {
            // The interrupt was meant for this work, not for what the thread does next.
            Thread.interrupted();
        }
        notifyAll();
    }

    public synchronized boolean isDone() {
        return state == State.DONE;
    }

    /** What came out; does the work if nobody has begun it. */
    public T get() throws IOException {
        runUnlessBegun();
        synchronized (this) {
            while (state != State.DONE) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    InterruptedIOException interrupted =
                            new InterruptedIOException("interrupted while waiting for what another thread does");
                    interrupted.initCause(e);
                    throw interrupted;
                }
            }
            if (result != null) {
                return result;
            }
            throw rethrown(failure);
        }
    }

    private static IOException rethrown(@Nullable Throwable failure) {
        if (failure instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof IOException io ? io : new IOException("nothing came out", failure);
    }

    /** Keeps the work from beginning, and interrupts it if it has begun. */
    public synchronized void abandon() {
        abandoned = true;
        if (state == State.WAITING) {
            state = State.DONE;
            failure = new CancellationException("given up");
        } else if (runner != null) {
            runner.interrupt();
        }
    }

    /** Waits until abandoned work has let go of whatever it used. */
    public void awaitEnd() {
        boolean interrupted = false;
        synchronized (this) {
            while (state != State.DONE) {
                try {
                    wait();
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

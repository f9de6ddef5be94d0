package io.kvbackup.pipeline;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A ring of buffers, of whatever kind, between a thread that fills them and one that empties them. One of the two is
 * the caller's thread, the other a task on an executor.
 *
 * <p>The executor may be busy, closed, or run tasks on the calling thread: then the task never takes part, and the
 * caller is told so and does both halves itself. So no executor can bring it to a standstill.
 */
public final class Relay<T> {
    /** The half of the work that is done in the background. */
    public interface Task {
        void run() throws IOException;
    }

    private enum Background {
        AWAITED,
        RUNNING,
        DONE,
        /** It will never run: the caller does its work. */
        ABSENT
    }

    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

    /** How long a task may take to start before the caller goes on without it. */
    private static final long START_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<T> ring;
    private int first;
    private int full;
    private boolean ended;
    private boolean abandoned;
    private Background background = Background.AWAITED;
    private @Nullable Thread worker;
    private @Nullable Throwable failure;

    /** @param buffers two at least */
    public Relay(List<T> buffers) {
        if (buffers.size() < 2) {
            throw new IllegalArgumentException("a relay needs two buffers at least, not " + buffers.size());
        }
        ring = List.copyOf(buffers);
    }

    /** Between streams of bytes. */
    static Relay<Buffer> ofBytes(int buffers, int bufferBytes) {
        if (bufferBytes < 1) {
            throw new IllegalArgumentException("a relay needs buffers of one byte at least, not of " + bufferBytes);
        }
        return new Relay<>(
                Stream.generate(() -> new Buffer(bufferBytes)).limit(buffers).toList());
    }

    public void start(Executor executor, Task task) {
        Thread caller = Thread.currentThread();
        try {
            executor.execute(() -> {
                if (Thread.currentThread() == caller) {
                    change(this::giveUpWaiting);
                } else if (begin()) {
                    run(task);
                }
            });
        } catch (RejectedExecutionException e) {
            change(this::giveUpWaiting);
        }
    }

    private boolean begin() {
        lock.lock();
        try {
            if (background != Background.AWAITED) {
                return false;
            }
            background = Background.RUNNING;
            worker = Thread.currentThread();
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void run(Task task) {
        Throwable thrown = null;
        try {
            task.run();
        } catch (Throwable e) {
            // Also what is not declared: the caller waits for this task to end, whatever ends it.
            thrown = e;
        }
        lock.lock();
        try {
            failure = thrown;
            background = Background.DONE;
            worker = null;
            if (abandoned) {
                // The interrupt was meant for this task, not for what the pool's thread does next.
                Thread.interrupted();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void giveUpWaiting() {
        if (background == Background.AWAITED) {
            background = Background.ABSENT;
        }
    }

    /** The buffer to fill next; only after {@code awaitEmpty} or {@code taskAwaitsEmpty} has said yes. */
    public T nextEmpty() {
        lock.lock();
        try {
            return ring.get((first + full) % ring.size());
        } finally {
            lock.unlock();
        }
    }

    public void filled() {
        change(() -> full++);
    }

    /** The buffer to empty next, or null if there is none now. */
    public @Nullable T nextFull() {
        lock.lock();
        try {
            return full == 0 ? null : ring.get(first);
        } finally {
            lock.unlock();
        }
    }

    public void emptied() {
        change(() -> {
            first = (first + 1) % ring.size();
            full--;
        });
    }

    /** Nothing more will be filled. */
    public void end() {
        change(() -> ended = true);
    }

    /** Called by the task: waits for a buffer to empty; false at the end. */
    public boolean taskAwaitsFull() throws IOException {
        await(() -> full > 0 || ended || abandoned);
        return ask(() -> full > 0 && !abandoned);
    }

    /** Called by the task: waits for a buffer to fill; false if nobody wants one. */
    boolean taskAwaitsEmpty() throws IOException {
        await(() -> full < ring.size() || abandoned);
        return ask(() -> !abandoned);
    }

    /** Called by the caller's thread: false if the task will not empty any more. */
    public boolean awaitEmpty() throws IOException {
        return awaitTask(() -> full < ring.size());
    }

    /** Called by the caller's thread: false if the task will not fill any more. */
    boolean awaitFull() throws IOException {
        return awaitTask(() -> full > 0);
    }

    /** Called by the caller's thread: false if the task never ran. */
    public boolean awaitDone() throws IOException {
        return awaitTask(() -> background == Background.DONE);
    }

    /**
     * Called by the caller's thread: waits until all that was filled is emptied; false if the task will not do that.
     */
    public boolean awaitAllEmpty() throws IOException {
        return awaitTask(() -> full == 0);
    }

    boolean isDone() {
        return ask(() -> background == Background.DONE);
    }

    /** Throws what the task has thrown. */
    public void throwFailure() throws IOException {
        Throwable thrown;
        lock.lock();
        try {
            thrown = failure;
        } finally {
            lock.unlock();
        }
        if (thrown instanceof IOException e) {
            throw e;
        } else if (thrown instanceof RuntimeException e) {
            throw e;
        } else if (thrown instanceof Error e) {
            throw e;
        } else if (thrown != null) {
            throw new IOException("the task that handles the bytes failed: " + thrown, thrown);
        }
    }

    /** Stops the task and waits until it has let go of its stream. */
    public void abandon() {
        lock.lock();
        try {
            abandoned = true;
            giveUpWaiting();
            if (worker != null) {
                worker.interrupt();
            }
            changed.signalAll();
            while (background == Background.RUNNING) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean awaitTask(BooleanSupplier condition) throws IOException {
        await(() -> condition.getAsBoolean() || background == Background.DONE || background == Background.ABSENT);
        return ask(condition);
    }

    private void await(BooleanSupplier condition) throws IOException {
        try {
            lock.lockInterruptibly();
            try {
                long patience = START_NANOS;
                while (!condition.getAsBoolean()) {
                    if (background != Background.AWAITED) {
                        changed.await();
                    } else if (patience > 0) {
                        patience = changed.awaitNanos(patience);
                    } else {
                        giveUpWaiting();
                        LOG.warn(
                                "the executor has not started a task within {} ms; its work is done on the calling "
                                        + "thread, which is slower; give the executor more threads",
                                TimeUnit.NANOSECONDS.toMillis(START_NANOS));
                    }
                }
            } finally {
                lock.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException)
                    new InterruptedIOException("interrupted while handing bytes between threads").initCause(e);
        }
    }

    private boolean ask(BooleanSupplier question) {
        lock.lock();
        try {
            return question.getAsBoolean();
        } finally {
            lock.unlock();
        }
    }

    private void change(Runnable update) {
        lock.lock();
        try {
            update.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}

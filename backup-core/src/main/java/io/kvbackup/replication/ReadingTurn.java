package io.kvbackup.replication;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Who may read the log: one thread at a time, and nobody once it was stopped, so that the database can be closed then.
 * Safe for use by several threads.
 */
final class ReadingTurn {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private boolean stopped;
    private int waiting;

    /** Something that reads the log. */
    @FunctionalInterface
    interface Reading<T> {
        T run() throws IOException, InterruptedException;
    }

    /** Waits for its turn, whether it was stopped or not. */
    <T> T take(Reading<T> reading) throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            return reading.run();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Asks if nobody reads at the moment and it was not stopped; otherwise, or if that fails, gives the other answer.
     */
    <T> T takeIfFree(Reading<T> reading, T otherwise) {
        if (!lock.tryLock()) {
            return otherwise;
        }
        try {
            return stopped ? otherwise : reading.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return otherwise;
        } catch (IOException | RuntimeException e) {
            return otherwise;
        } finally {
            lock.unlock();
        }
    }

    /** Waits in its turn, and lets others have theirs meanwhile; ends early if there is news. */
    @SuppressWarnings("WaitNotInLoop") // whoever waits looks again in any case
    void pause(Duration atMost) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (!stopped) {
                news.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether it was stopped. For a thread that has its turn, this does not change. */
    boolean isStopped() {
        lock.lock();
        try {
            return stopped;
        } finally {
            lock.unlock();
        }
    }

    void stop() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            stopped = true;
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Somebody waits until all is shipped, or does no more. */
    void hurry(boolean begins) {
        lock.lock();
        try {
            waiting += begins ? 1 : -1;
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isHurried() {
        lock.lock();
        try {
            return waiting > 0;
        } finally {
            lock.unlock();
        }
    }
}

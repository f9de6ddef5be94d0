package io.kvbackup.repository;

import java.io.Closeable;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One backup or restore at a time for each database: the swap at the end of a restore need not be atomic for a snapshot
 * that is being opened.
 */
public final class DatabaseLocks {
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

    /** Held by the calling thread until {@link #close()}, which must be called on it too. */
    public static final class Held implements Closeable {
        private final Deque<ReentrantLock> held = new ArrayDeque<>();

        private Held() {}

        @Override
        public void close() {
            while (!held.isEmpty()) {
                held.pop().unlock();
            }
        }
    }

    /** Waits until all databases are free. They are taken in one order everywhere, so nobody waits in a circle. */
    public Held hold(Collection<String> databases) throws InterruptedIOException {
        Held held = new Held();
        for (String database : new TreeSet<>(databases)) {
            ReentrantLock lock = locks.computeIfAbsent(database, name -> new ReentrantLock(true));
            try {
                lock.lockInterruptibly();
            } catch (InterruptedException e) {
                held.close();
                Thread.currentThread().interrupt();
                throw new InterruptedIOException(
                        "interrupted while waiting for another backup or restore of " + database);
            }
            held.held.push(lock);
        }
        return held;
    }
}

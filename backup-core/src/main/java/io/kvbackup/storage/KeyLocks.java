package io.kvbackup.storage;

import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/** Locks for keys, one set of them for the process: the same key has the same lock, some keys share one. */
final class KeyLocks {
    private static final int COUNT = 256;
    private static final List<ReentrantLock> LOCKS =
            IntStream.range(0, COUNT).mapToObj(i -> new ReentrantLock()).toList();

    private KeyLocks() {}

    /** The locks that one operation holds. For one thread. */
    static final class Hold implements AutoCloseable {
        private final List<ReentrantLock> held = new ArrayList<>();

        /** Always in the same order, so that two operations never wait for each other. */
        void lock(Collection<String> keys, String operation) throws InterruptedIOException {
            TreeSet<Integer> needed = new TreeSet<>();
            keys.forEach(key -> needed.add(Math.floorMod(key.hashCode(), COUNT)));
            for (int index : needed) {
                ReentrantLock lock = LOCKS.get(index);
                try {
                    lock.lockInterruptibly();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException(operation + " was interrupted while it waited for another write");
                }
                held.add(lock);
            }
        }

        @Override
        public void close() {
            held.forEach(ReentrantLock::unlock);
            held.clear();
        }
    }
}

package io.kvbackup.disk;

import java.io.Closeable;
import java.io.InterruptedIOException;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** A lock, if there is one, from {@link #acquire} to the first {@link #close()}. Used by one thread. */
public final class HeldLock implements Closeable {
    private @Nullable Lock lock;

    private HeldLock(@Nullable Lock lock) {
        this.lock = lock;
    }

    /**
     * Waits for the lock.
     *
     * @param operation why, for the message
     * @throws InterruptedIOException if the thread is interrupted meanwhile
     */
    public static HeldLock acquire(@Nullable Lock lock, String operation) throws InterruptedIOException {
        if (lock != null) {
            try {
                lock.lockInterruptibly();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                InterruptedIOException interrupted =
                        new InterruptedIOException("interrupted while waiting for the lock to " + operation);
                interrupted.initCause(e);
                throw interrupted;
            }
        }
        return new HeldLock(lock);
    }

    /** Whether there was a lock, and it is still held. */
    public boolean isReal() {
        return lock != null;
    }

    @Override
    public void close() {
        Lock held = lock;
        lock = null;
        if (held != null) {
            held.unlock();
        }
    }
}

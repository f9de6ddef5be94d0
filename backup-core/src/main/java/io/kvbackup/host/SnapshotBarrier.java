package io.kvbackup.host;

import io.kvbackup.database.Database;
import io.kvbackup.repository.SnapshotGroup;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Clock;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.locks.Lock;

/** Opens snapshots while the host's writers are kept away, so that all show one moment. */
public final class SnapshotBarrier {
    private final Optional<Lock> lock;
    private final Clock clock;

    public SnapshotBarrier(Optional<Lock> lock, Clock clock) {
        this.lock = lock;
        this.clock = clock;
    }

    public SnapshotGroup open(Collection<Database> databases) throws IOException {
        if (lock.isEmpty()) {
            return SnapshotGroup.open(databases, clock);
        }
        try {
            lock.get().lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the barrier before opening snapshots");
        }
        try {
            return SnapshotGroup.open(databases, clock);
        } finally {
            lock.get().unlock();
        }
    }
}

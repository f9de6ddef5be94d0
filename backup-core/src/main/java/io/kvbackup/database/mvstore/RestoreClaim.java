package io.kvbackup.database.mvstore;

import java.io.Closeable;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.h2.mvstore.MVStore;

/** The right to restore a database; one at a time, whoever describes it. A store is open in one process only. */
record RestoreClaim(MVStore store, String database) implements Closeable {
    private static final Set<RestoreClaim> HELD = new HashSet<>();

    /** Empty if somebody else has it. */
    static Optional<RestoreClaim> take(MVStore store, String database) {
        RestoreClaim claim = new RestoreClaim(store, database);
        synchronized (HELD) {
            return HELD.add(claim) ? Optional.of(claim) : Optional.empty();
        }
    }

    @Override
    public void close() {
        synchronized (HELD) {
            HELD.remove(this);
        }
    }
}

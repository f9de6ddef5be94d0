package io.kvbackup.replication;

import io.kvbackup.repository.LeaseTime;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What one store has of a database. Guarded by the {@link Spool}, except for the name. */
final class Cursor {
    final String store;

    /** Whether new segments are to go there. */
    boolean joined;
    /** Counts how often it joined, so that a base that was begun before is not taken for one of now. */
    int joins;
    /** The timeline that the store knows of; null before it knows of any. */
    @Nullable
    Line line;
    /** Up to here the store has everything since it joined. */
    long shipped;
    /** Whether it has a base from which all that is shipped can be replayed. */
    boolean based;
    /** Since when not everything can be restored, if it is not based. */
    LeaseTime.Moment uncovered;
    /** Every commit up to this time is in the store. */
    Instant synced;
    /** When the last segment arrived. */
    @Nullable
    Instant lastSegmentAt;
    /** Bytes of segments that have arrived since the last base. */
    long bytesSinceBase;

    Cursor(String store, LeaseTime.Moment now, Instant synced) {
        this.store = store;
        this.uncovered = now;
        this.synced = synced;
    }

    @Override
    public String toString() {
        return store;
    }
}

package io.kvbackup.repository;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseSnapshot;
import java.io.Closeable;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Snapshots that belong together: all are opened, or none. Used by one thread. */
public final class SnapshotGroup implements Closeable {
    private final List<DatabaseSnapshot> snapshots = new ArrayList<>();
    private final Instant opened;
    private boolean closed;

    private SnapshotGroup(Instant opened) {
        this.opened = opened;
    }

    /** Opens a snapshot of each database. Whoever needs one instant for all keeps writers away meanwhile. */
    public static SnapshotGroup open(Collection<Database> databases, Clock clock) throws IOException {
        SnapshotGroup group = new SnapshotGroup(clock.instant());
        try {
            for (Database database : databases) {
                DatabaseSnapshot snapshot = database.openSnapshot();
                group.snapshots.add(snapshot);
                String described = snapshot.header().name();
                if (!described.equals(database.name())) {
                    throw new IOException("database " + database.name() + ": its snapshot's header is named "
                            + described + "; its adapter must use one name");
                }
            }
            return group;
        } catch (Throwable e) {
            Closeables.closeAfter(e, group);
            throw e;
        }
    }

    /** When the snapshots were opened, by the clock. */
    public Instant opened() {
        return opened;
    }

    public List<DatabaseSnapshot> all() {
        return snapshots;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            Closeables.closeAll(snapshots);
        }
    }
}

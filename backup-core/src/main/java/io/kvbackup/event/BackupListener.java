package io.kvbackup.event;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Hears when work of a manager begins and ends: backups, restores, verifications, prunes, copies, whether they were
 * called, submitted or scheduled.
 *
 * <p>It is called on the thread that does the work: be quick. If it throws, that is logged and changes nothing. It must
 * be safe for use by several threads.
 */
public interface BackupListener {
    /**
     * A manager was built and is about to begin.
     *
     * @param databases the names of the databases that are registered with it; a catalog may know more
     */
    default void onOpened(Set<String> databases) {}

    /** Work begins. */
    default void onStarted(BackupEvent event) {}

    /** Work has succeeded. */
    default void onFinished(BackupEvent event) {}

    /** Work has failed; {@link BackupEvent#text()} says why. */
    default void onFailed(BackupEvent event) {}

    /**
     * An incremental backup that read a whole set, as one does now and then, has found entries that had changed and of
     * which the engine's stamps or its log had not told. The backup is right; those since the scan before may show
     * older entries, until the changes were noticed. Told before the backup ends, and again if it looks again.
     */
    default void onDrift(String database, String set) {}

    /** Work was stopped on request, perhaps before it began. */
    default void onCancelled(BackupEvent event) {}

    /** The replication of a database has come into another state. */
    default void onReplication(ReplicationEvent event) {}

    /**
     * Says that the replication of a database has come into another state.
     *
     * @param database its name
     * @param state the name of its {@code Replication.State} now
     * @param at when
     * @param problem what is wrong and what to do; empty if all is well
     */
    record ReplicationEvent(String database, String state, Instant at, Optional<String> problem) {
        public ReplicationEvent {
            Objects.requireNonNull(database, "database");
            Objects.requireNonNull(state, "state");
            Objects.requireNonNull(at, "at");
            Objects.requireNonNull(problem, "problem");
        }
    }
}

package io.kvbackup.health;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * How the replication of one database is.
 *
 * @param database its name
 * @param state the name of its {@code Replication.State}
 * @param problem what keeps it from going on, and what to do; empty if all is well
 * @param lag how long the oldest commit has been waiting that is not in the store
 * @param syncedThrough everything up to this moment is in the store
 */
public record ReplicationHealth(
        String database, String state, Optional<String> problem, Duration lag, Instant syncedThrough) {
    public ReplicationHealth {
        Objects.requireNonNull(database, "database");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(problem, "problem");
        Objects.requireNonNull(lag, "lag");
        Objects.requireNonNull(syncedThrough, "syncedThrough");
    }
}

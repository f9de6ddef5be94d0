package io.kvbackup.event;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Says that the replication of a database has come into another state.
 *
 * @param database its name
 * @param state the name of its {@code Replication.State} now
 * @param at when
 * @param problem what is wrong and what to do; empty if all is well
 */
public record ReplicationEvent(
        String database, String state, Instant at, Optional<String> problem) {
    public ReplicationEvent {
        Objects.requireNonNull(database, "database");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(problem, "problem");
    }
}

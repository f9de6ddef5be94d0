package io.kvbackup.event;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Says that the replication of a database has come into another state, or that one of its stores has a problem, or none
 * any more.
 *
 * @param database its name
 * @param state the name of its {@code Replication.State} now
 * @param store which store has the problem; empty if the event is about the replication as a whole
 * @param at when
 * @param problem what is wrong and what to do; empty if all is well
 */
public record ReplicationEvent(
        String database, String state, Optional<String> store, Instant at, Optional<String> problem) {
    public ReplicationEvent {
        Objects.requireNonNull(database, "database");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(store, "store");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(problem, "problem");
    }
}

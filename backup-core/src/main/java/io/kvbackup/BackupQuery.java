package io.kvbackup;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Which backups are wanted: {@code BackupQuery.all().database("orders").from(monday).before(tuesday)}. All conditions
 * must hold. Immutable.
 *
 * @param database name of the database, or {@link io.kvbackup.model.Backup#ALL_DATABASES} for backups of all databases
 *     together; empty for any
 * @param from the snapshot was taken at this moment or later
 * @param before the snapshot was taken earlier than this moment
 */
public record BackupQuery(Optional<String> database, Optional<Instant> from, Optional<Instant> before) {
    private static final BackupQuery ALL = new BackupQuery(Optional.empty(), Optional.empty(), Optional.empty());

    public BackupQuery {
        Objects.requireNonNull(database, "database");
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(before, "before");
    }

    /** Every backup. */
    public static BackupQuery all() {
        return ALL;
    }

    /** Backups filed under this name. */
    public BackupQuery database(String name) {
        return new BackupQuery(Optional.of(name), from, before);
    }

    /** Backups taken at a moment or later. */
    public BackupQuery from(Instant first) {
        return new BackupQuery(database, Optional.of(first), before);
    }

    /** Backups taken before a moment. */
    public BackupQuery before(Instant end) {
        return new BackupQuery(database, from, Optional.of(end));
    }
}

package io.kvbackup;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What {@link BackupManager#restoreOnStart} has found and done.
 *
 * @param kind what it was
 * @param moment as the database was then, it is now; present if it was restored
 */
public record StartOutcome(Kind kind, Optional<Instant> moment) {
    /** What there was to do. */
    public enum Kind {
        /** The database has entries; nothing was changed. */
        NOT_NEEDED,
        /** The database was empty, and has been restored. */
        RESTORED,
        /** The database is empty, and so is the store: this is the first start ever, or the wrong store. */
        NO_STORE,
        /** The database is empty, and the store holds something, but nothing to restore this database from. */
        EMPTY_STORE
    }

    public StartOutcome {
        Objects.requireNonNull(kind, "kind");
        if (moment.isPresent() != (kind == Kind.RESTORED)) {
            throw new IllegalArgumentException(kind + " with the moment " + moment);
        }
    }

    static StartOutcome of(Kind kind) {
        return new StartOutcome(kind, Optional.empty());
    }

    static StartOutcome restored(Instant moment) {
        return new StartOutcome(Kind.RESTORED, Optional.of(moment));
    }

    /** Whether the database was restored. */
    public boolean isRestored() {
        return kind == Kind.RESTORED;
    }
}

package io.kvbackup.model;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * The outcome of a backup in one of several stores.
 *
 * @param store the store's name
 * @param backup the backup in this store, if it is there
 * @param failure why it is not there
 * @param took how long this store took after the archive was complete
 */
public record StoreOutcome(String store, Optional<Backup> backup, Optional<IOException> failure, Duration took) {
    public StoreOutcome {
        Objects.requireNonNull(store, "store");
        Objects.requireNonNull(took, "took");
        if (backup.isPresent() == failure.isPresent()) {
            throw new IllegalArgumentException("store " + store + " has neither or both of a backup and a failure");
        }
    }

    /** Whether the backup is there, whole and confirmed. */
    public boolean isStored() {
        return backup.isPresent();
    }
}

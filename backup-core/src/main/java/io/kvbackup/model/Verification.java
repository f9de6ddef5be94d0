package io.kvbackup.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * The outcome of one verification, as it is remembered in the store.
 *
 * @param level what was proved, or was to be
 * @param at when it ended
 * @param took how long it took
 * @param passed {@code false} if the backup was found damaged
 */
public record Verification(VerifyLevel level, Instant at, Duration took, boolean passed) {
    public Verification {
        Objects.requireNonNull(level, "level");
        Objects.requireNonNull(at, "at");
        if (took.isNegative()) {
            throw new IllegalArgumentException("took is negative: " + took);
        }
    }
}

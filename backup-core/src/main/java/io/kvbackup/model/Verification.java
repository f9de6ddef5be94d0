package io.kvbackup.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * The outcome of one verification, as it is remembered in the store.
 *
 * @param level what was proved, or should have been
 * @param at when it ended, by the clock of the host that verified; for people
 * @param took how long it took
 * @param passed {@code false} if the backup was found damaged
 * @param sequence its place among the verifications of one backup. One that passed has a greater number than those that
 *     were in the store when it began; one that failed has a greater number than those that were there when it ended.
 *     So the order comes from the store, whatever clocks show. 0 before it is stored, and if a version that did not
 *     count stored it
 */
public record Verification(VerifyLevel level, Instant at, Duration took, boolean passed, long sequence) {
    public Verification {
        Objects.requireNonNull(level, "level");
        Objects.requireNonNull(at, "at");
        if (took.isNegative()) {
            throw new IllegalArgumentException("took is negative: " + took);
        }
        if (sequence < 0) {
            throw new IllegalArgumentException("sequence is negative: " + sequence);
        }
    }

    /** A verification that has no place yet. */
    public Verification(VerifyLevel level, Instant at, Duration took, boolean passed) {
        this(level, at, took, passed, 0);
    }
}

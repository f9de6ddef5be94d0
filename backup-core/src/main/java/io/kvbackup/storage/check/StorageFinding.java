package io.kvbackup.storage.check;

import java.time.Duration;
import java.util.Objects;

/**
 * What {@link StorageCheck} found about one criterion.
 *
 * @param observed what was seen, for a person
 * @param took how long it took to find out
 */
public record StorageFinding(StorageCriterion criterion, Outcome outcome, String observed, Duration took) {
    public StorageFinding {
        Objects.requireNonNull(criterion, "criterion");
        Objects.requireNonNull(outcome, "outcome");
        Objects.requireNonNull(observed, "observed");
        Objects.requireNonNull(took, "took");
    }

    /** How it turned out. */
    public enum Outcome {
        /** It holds. */
        PASSED,
        /** It does not hold, but backups can live with that. */
        WARNING,
        /** It does not hold. */
        FAILED,
        /** It could not be judged; {@link StorageFinding#observed} says why. */
        SKIPPED
    }

    /** What this means for backups; empty if all is well. */
    public String meaning() {
        return switch (outcome) {
            case PASSED -> "";
            case SKIPPED -> "Not known.";
            case WARNING, FAILED -> criterion.consequence();
        };
    }
}

package io.kvbackup.storage.check;

import io.kvbackup.storage.check.StorageFinding.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What {@link StorageCheck} found. {@link #toString} is a table for a person.
 *
 * @param store as the client calls it
 * @param at when the check began
 * @param took how long it took
 * @param quick whether it was the quick form
 * @param findings one for each criterion of the form, in order
 * @param uploadBytesPerSecond measured with one stream; empty if it was not
 * @param downloadBytesPerSecond the same for the other direction
 */
public record StorageReport(
        String store,
        Instant at,
        Duration took,
        boolean quick,
        List<StorageFinding> findings,
        OptionalLong uploadBytesPerSecond,
        OptionalLong downloadBytesPerSecond) {
    public StorageReport {
        Objects.requireNonNull(store, "store");
        findings = List.copyOf(findings);
    }

    /** What one can use a store for. */
    public enum Verdict {
        /** All that was looked at holds, perhaps with warnings. */
        GOOD,
        /** Good for one process that declares itself the only writer: the store does not keep conditions. */
        SINGLE_WRITER,
        /** Not fit for backups, or not known to be. */
        UNFIT
    }

    /** The conclusion from the findings. A store is for a single writer only if a broken condition was seen. */
    public Verdict verdict() {
        boolean conditions = true;
        for (StorageFinding finding : findings) {
            boolean failed = finding.outcome() == Outcome.FAILED;
            if (failed && !finding.criterion().isConditionalWrite()) {
                return Verdict.UNFIT;
            }
            if (finding.outcome() == Outcome.SKIPPED && !hasFailedWithoutRace(finding.criterion())) {
                return Verdict.UNFIT;
            }
            conditions &= !failed;
        }
        return conditions ? Verdict.GOOD : Verdict.SINGLE_WRITER;
    }

    /** A race that was not judged then says nothing new. */
    private boolean hasFailedWithoutRace(StorageCriterion criterion) {
        return criterion
                .withoutRace()
                .flatMap(this::finding)
                .filter(finding -> finding.outcome() == Outcome.FAILED)
                .isPresent();
    }

    /** What was found about one criterion; empty if this form of the check does not look at it. */
    public Optional<StorageFinding> finding(StorageCriterion criterion) {
        return findings.stream()
                .filter(finding -> finding.criterion() == criterion)
                .findFirst();
    }

    /** A table for a person, with what each finding that is not good means for backups. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%s check of %s at %s, %.1f s: %s%n",
                quick ? "Quick" : "Full",
                store,
                at,
                (double) took.toMillis() / 1000,
                words(verdict())));
        for (StorageFinding finding : findings) {
            text.append(String.format(
                    Locale.ROOT,
                    "  %-8s %-62s %s%n",
                    finding.outcome() == Outcome.PASSED ? "ok" : finding.outcome(),
                    finding.criterion().title(),
                    finding.observed()));
            if (finding.outcome() == Outcome.WARNING || finding.outcome() == Outcome.FAILED) {
                text.append("           -> ").append(finding.meaning()).append(System.lineSeparator());
            }
        }
        return text.toString();
    }

    private static String words(Verdict verdict) {
        return switch (verdict) {
            case GOOD -> "good for backups";
            case SINGLE_WRITER -> "for a single writer only, who must declare that";
            case UNFIT -> "NOT FIT for backups";
        };
    }
}

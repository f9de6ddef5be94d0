package io.kvbackup.storage.check;

import io.kvbackup.storage.check.StorageReport.Finding.Outcome;
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
        List<Finding> findings,
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
        for (Finding finding : findings) {
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
    private boolean hasFailedWithoutRace(Criterion criterion) {
        return criterion
                .withoutRace()
                .flatMap(this::finding)
                .filter(finding -> finding.outcome() == Outcome.FAILED)
                .isPresent();
    }

    /** What was found about one criterion; empty if this form of the check does not look at it. */
    public Optional<Finding> finding(Criterion criterion) {
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
        for (Finding finding : findings) {
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

    /**
     * What {@link StorageCheck} found about one criterion.
     *
     * @param observed what was seen, for a person
     * @param took how long it took to find out
     */
    public record Finding(Criterion criterion, Outcome outcome, String observed, Duration took) {
        public Finding {
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
            /** It could not be judged; {@link Finding#observed} says why. */
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

    /** What {@link StorageCheck} looks at, in this order, and what it means for backups if it does not hold. */
    public enum Criterion {
        /** Needed by nearly all others: they are not judged without it. */
        READ_AFTER_WRITE(
                Form.QUICK,
                "a read that follows a write sees it",
                "A backup that was just taken may not be found, or not be what it was, and an old one may be taken for "
                        + "it."),
        EMPTY_OBJECT(
                Form.QUICK,
                "an object may be empty",
                "Marks beside backups (pins, tags, results of verification) are empty objects; they would be lost."),
        ATOMIC_VISIBILITY(
                Form.QUICK,
                "nothing is seen of an upload before it ends",
                "A backup that is still being written could be taken for a finished one."),
        CLEAN_ABORT(
                Form.QUICK,
                "a broken upload leaves nothing, and the old object as it was",
                "The remains of a failed backup could be taken for a backup, or replace a good one."),
        RANGES(
                Form.QUICK,
                "a part of an object can be read",
                "A download cannot go on where it broke off, and restores of parts read wrong bytes."),
        PINNED_DOWNLOADS(
                Form.QUICK,
                "a download of a replaced version is refused",
                "A download that goes on after a break could mix two versions of an object."),
        LISTING_ORDER(
                Form.QUICK,
                "listings are in key order, and keep to prefix and start",
                "Backups are found by listings: the newest one may be missed."),
        LISTING_PAGES(
                Form.FULL,
                "listings go on after 1,000 objects",
                "Of many backups, some would never be listed, restored or pruned, and their data could be taken for "
                        + "garbage."),
        DELETE_IDEMPOTENCE(
                Form.QUICK,
                "objects are gone when deleted, and deleting again is no error",
                "A deletion that was cut short could not be repeated."),
        CREATE_IF_ABSENT(
                Form.QUICK,
                "an object can be created only if it is absent",
                "Two writers could overwrite each other's backups; only a single writer may use this store."),
        CREATE_RACE(
                Form.QUICK,
                "of several writers that create an object, one wins",
                "Two writers at the same moment could both believe that they have won; only a single writer may use "
                        + "this store."),
        REPLACE_IF_MATCH(
                Form.QUICK,
                "an object can be replaced only if it is unchanged",
                "A lease could be taken from its holder; only a single writer may use this store."),
        REPLACE_RACE(
                Form.QUICK,
                "of several writers that replace a version, one wins",
                "Two processes could hold the same lease; only a single writer may use this store."),
        ODD_KEYS(
                Form.FULL,
                "keys may hold unusual characters",
                "Databases whose names hold such characters cannot be backed up here."),
        COPY(Form.FULL, "objects can be copied inside the store", "Copies would have to travel through this process."),
        LARGE_OBJECT(
                Form.FULL,
                "a large object of unknown length comes back as it was",
                "Large backups would be damaged or refused."),
        THROUGHPUT(
                Form.FULL,
                "content moves at a useful speed",
                "Backups and restores of large databases would take very long."),
        CLOCK(
                Form.QUICK,
                "the store's clock agrees with ours",
                "Grace periods are judged by the store's times: garbage would be collected too early or too late."),
        /** Always the last. */
        CLEAN_UP(
                Form.QUICK,
                "what the check wrote is gone",
                "Objects are left below the prefix that is named; remove them by hand.");

        /** In which form of the check it is looked at. */
        enum Form {
            QUICK,
            FULL
        }

        private final Form form;
        private final String title;
        private final String consequence;

        Criterion(Form form, String title, String consequence) {
            this.form = form;
            this.title = title;
            this.consequence = consequence;
        }

        /** What should hold, in a few words. */
        public String title() {
            return title;
        }

        /** What it means for backups if it does not hold. */
        public String consequence() {
            return consequence;
        }

        /** Whether the quick form looks at it, too. */
        public boolean isQuick() {
            return form == Form.QUICK;
        }

        /** The criterion for the same writes without a race; empty if this one is about no race. */
        Optional<Criterion> withoutRace() {
            return switch (this) {
                case CREATE_RACE -> Optional.of(CREATE_IF_ABSENT);
                case REPLACE_RACE -> Optional.of(REPLACE_IF_MATCH);
                default -> Optional.empty();
            };
        }

        /** Whether it is about conditional writes, which a store for a single writer can do without. */
        public boolean isConditionalWrite() {
            return switch (this) {
                case CREATE_IF_ABSENT, CREATE_RACE, REPLACE_IF_MATCH, REPLACE_RACE -> true;
                default -> false;
            };
        }
    }
}

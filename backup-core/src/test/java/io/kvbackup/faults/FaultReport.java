package io.kvbackup.faults;

import java.util.EnumMap;
import java.util.Map;

/** What became of the steps of some runs. Not safe for use by several threads. */
public final class FaultReport {
    private final Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);

    /** How a step may end. */
    public enum Outcome {
        BACKUP_MADE,
        BACKUP_FAILED,
        /** Failed, and what was written could not be removed because that failed too; not listed as a backup. */
        BACKUP_FAILED_WITH_REMAINS,
        /** Reported as failed although it is there, because nobody could ask; it is whole. */
        BACKUP_IN_DOUBT,
        RESTORED,
        RESTORE_FAILED,
        OTHER_DONE,
        OTHER_FAILED
    }

    void add(Outcome outcome) {
        counts.merge(outcome, 1, Integer::sum);
    }

    /** Adds what another report has counted. */
    public void add(FaultReport other) {
        other.counts.forEach((outcome, count) -> counts.merge(outcome, count, Integer::sum));
    }

    /** How many steps have ended so. */
    public int count(Outcome outcome) {
        return counts.getOrDefault(outcome, 0);
    }

    @Override
    public String toString() {
        return counts.toString();
    }
}

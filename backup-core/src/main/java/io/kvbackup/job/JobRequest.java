package io.kvbackup.job;

import java.time.Instant;
import java.util.Optional;

/**
 * A job that is asked for.
 *
 * @param scope what it is about
 * @param schedule name of the schedule that asks, if one does
 * @param slot for which of its times
 * @param attempt 1 for the first
 * @param guard says whether its work may go on
 */
record JobRequest(
        JobScope scope, Optional<String> schedule, Optional<Instant> slot, int attempt, JobContext.Guard guard) {
    static JobRequest of(JobScope scope) {
        return new JobRequest(scope, Optional.empty(), Optional.empty(), 1, JobContext.Guard.NONE);
    }

    /** Which run of which schedule it is, for the log; empty if it is none. */
    String describe() {
        return schedule.map(name ->
                        ", schedule " + name + slot.map(due -> ", due " + due).orElse("") + ", attempt " + attempt)
                .orElse("");
    }
}

package io.kvbackup.job;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Reads from the history which of a schedule's slots were served. */
final class SlotMemory {
    private SlotMemory() {}

    /**
     * The last slot that was served. If none was, but some were tried, a moment before the first of those: it is to be
     * made up for.
     */
    static Optional<Instant> lastServed(JobHistory history, String schedule) {
        List<JobRecord> runs = history.find(JobQuery.all().schedule(schedule)).stream()
                .filter(record -> record.slot().isPresent())
                .toList();
        Optional<Instant> served = runs.stream()
                .filter(record -> record.status() == JobStatus.FINISHED)
                .map(record -> record.slot().orElseThrow())
                .max(Instant::compareTo);
        return served.or(() -> runs.stream()
                .map(record -> record.slot().orElseThrow().minusMillis(1))
                .min(Instant::compareTo));
    }
}

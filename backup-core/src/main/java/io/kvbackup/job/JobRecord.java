package io.kvbackup.job;

import io.kvbackup.model.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the history knows of a job.
 *
 * @param id unlike that of any other job; sorts by time
 * @param kind {@code backup}, {@code restore}, {@code verify}, {@code prune}, {@code copy}, …, or the name that a host
 *     gave its task
 * @param databases what it is about; empty if that is no database in particular
 * @param schedule the name of the schedule that started it, if one did
 * @param slot for which of the schedule's times it ran; empty for one that was {@linkplain Jobs#runNow run by hand}
 * @param parent the id of the job in which it was started, if it was
 * @param attempt 1 for the first; a schedule tries again when a job fails
 * @param state how far it is, since when, and what came of it
 * @param progress what it has done; all zero while nothing is known
 */
public record JobRecord(
        String id,
        String kind,
        Set<String> databases,
        Optional<String> schedule,
        Optional<Instant> slot,
        Optional<String> parent,
        int attempt,
        JobState state,
        Progress progress) {
    /** The youngest first. */
    public static final Comparator<JobRecord> NEWEST_FIRST = Comparator.comparing(JobRecord::created)
            .thenComparing(JobRecord::id)
            .reversed();

    static final Progress NO_PROGRESS = new Progress(0, 0, -1, Duration.ZERO);

    public JobRecord {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(kind, "kind");
        databases = Collections.unmodifiableSet(new TreeSet<>(databases));
        Objects.requireNonNull(schedule, "schedule");
        Objects.requireNonNull(slot, "slot");
        Objects.requireNonNull(parent, "parent");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(progress, "progress");
    }

    public JobStatus status() {
        return state.status();
    }

    /** When it was asked for. */
    public Instant created() {
        return state.created();
    }

    /** The result of a job that finished; for a backup, the name of the object. */
    public Optional<String> result() {
        return status() == JobStatus.FINISHED ? state.text() : Optional.empty();
    }

    /** Why a job failed or was cancelled. */
    public Optional<String> failure() {
        return status() == JobStatus.FINISHED ? Optional.empty() : state.text();
    }

    JobRecord with(JobState next) {
        return new JobRecord(id, kind, databases, schedule, slot, parent, attempt, next, progress);
    }
}

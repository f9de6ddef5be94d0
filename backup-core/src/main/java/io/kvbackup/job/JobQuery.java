package io.kvbackup.job;

import java.time.Instant;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs of a history are wanted: {@code JobQuery.all().database("orders").status(JobStatus.ERROR).limit(10)}. All
 * conditions must hold. Immutable.
 */
public final class JobQuery {
    private static final JobQuery ALL = new JobQuery(record -> true, Integer.MAX_VALUE);

    private final Predicate<JobRecord> condition;
    private final int limit;

    private JobQuery(Predicate<JobRecord> condition, int limit) {
        this.condition = condition;
        this.limit = limit;
    }

    /** Every job. */
    public static JobQuery all() {
        return ALL;
    }

    /** The job of this id; none if it is unknown. */
    public JobQuery id(String id) {
        Objects.requireNonNull(id, "id");
        return and(record -> record.id().equals(id));
    }

    /** Jobs about this database. */
    public JobQuery database(String name) {
        Objects.requireNonNull(name, "name");
        return and(record -> record.databases().contains(name));
    }

    /** Jobs of this kind: {@code backup}, {@code prune}, …, or the name of a host's task. */
    public JobQuery kind(String kind) {
        Objects.requireNonNull(kind, "kind");
        return and(record -> record.kind().equals(kind));
    }

    /** Jobs that a schedule started. */
    public JobQuery schedule(String name) {
        Optional<String> wanted = Optional.of(name);
        return and(record -> record.schedule().equals(wanted));
    }

    /** Jobs that are in one of these states. */
    public JobQuery status(JobStatus first, JobStatus... others) {
        Set<JobStatus> wanted = EnumSet.of(first, others);
        return and(record -> wanted.contains(record.status()));
    }

    /** Jobs asked for at {@code from} or later, and before {@code to}; {@code null} for no limit. */
    public JobQuery created(@Nullable Instant from, @Nullable Instant to) {
        if (from != null && to != null && to.isBefore(from)) {
            throw new IllegalArgumentException("the time from " + from + " to " + to + " ends before it begins");
        }
        return and(record -> (from == null || !record.created().isBefore(from))
                && (to == null || record.created().isBefore(to)));
    }

    /**
     * At most so many, the youngest.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public JobQuery limit(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("limit must be at least 1, not " + count);
        }
        return new JobQuery(condition, count);
    }

    private JobQuery and(Predicate<JobRecord> more) {
        return new JobQuery(condition.and(more), limit);
    }

    boolean matches(JobRecord record) {
        return condition.test(record);
    }

    int limit() {
        return limit;
    }
}

package io.kvbackup.job;

import io.kvbackup.model.Backup;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task and its schedule: decides which slot is served next, and when. A slot is one of the schedule's times; jitter
 * and late runs do not change which. Guarded by the scheduler's lock.
 */
final class ScheduledTask {
    private static final Logger LOG = LoggerFactory.getLogger(ScheduledTask.class);
    /** A slot that was served further in the future than this was served by a clock that was wrong. */
    static final Duration SETBACK = Backup.CLOCK_SKEW;

    /** A slot to serve. */
    record Run(Instant slot, int attempt) {}

    final String name;
    final Schedule schedule;
    final JobTask task;
    private final RandomGenerator random;

    /** Set and cleared by whoever serves a slot, of which there is one at a time. */
    volatile SlotClaims.@Nullable Claim claim;

    private volatile @Nullable Job job;
    private @Nullable Instant served;
    private @Nullable Run next;
    private @Nullable Instant at;
    private @Nullable Duration pause;
    private int failedAttempts;
    private boolean paused;
    /** Being restored, claimed, or at work. */
    private boolean busy = true;

    ScheduledTask(String name, Schedule schedule, JobTask task, RandomGenerator random) {
        this.name = name;
        this.schedule = schedule;
        this.task = task;
        this.random = random;
    }

    /** To be called once, with what is known of runs before this one. */
    void restored(Optional<Instant> lastServed, Instant now) {
        served = lastServed.orElse(null);
        idle(now);
    }

    /** Nothing is under way: decides what comes next. */
    void idle(Instant now) {
        busy = false;
        job = null;
        pause = null;
        Instant last = lastServed(now);
        Optional<Instant> latest = schedule.times().latest(now);
        if (last != null && latest.isPresent() && latest.get().isAfter(last)) {
            plan(latest.get(), 1, now);
            return;
        }
        Optional<Instant> following = schedule.next(last != null && last.isAfter(now) ? last : now);
        if (following.isEmpty()) {
            next = null;
            at = null;
        } else {
            plan(following.get(), 1, following.get().plus(delay()));
        }
    }

    private @Nullable Instant lastServed(Instant now) {
        if (served != null && served.isAfter(now.plus(SETBACK))) {
            LOG.warn(
                    "schedule {}: {} was served already, and it is only {}: the clock was set back; going by the clock",
                    name,
                    served,
                    now);
            served = null;
        }
        return served;
    }

    private Duration delay() {
        long bound = schedule.jitter().toMillis();
        return bound == 0 ? Duration.ZERO : Duration.ofMillis(random.nextLong(bound));
    }

    private void plan(Instant slot, int attempt, Instant when) {
        next = new Run(slot, attempt);
        at = when;
    }

    /** The clock was set back: what was planned was planned by a wrong one. */
    void replan(Instant now) {
        if (!busy) {
            idle(now);
        }
    }

    /** What is to be run now, if anything; it counts as under way from then on. */
    Optional<Run> due(Instant now) {
        if (busy || paused || next == null || at == null) {
            return Optional.empty();
        }
        if (pause != null && at.isAfter(now.plus(pause))) {
            at = now.plus(pause);
        }
        Run run = next;
        Instant latest = schedule.times().latest(now).orElse(run.slot());
        boolean newer = latest.isAfter(run.slot());
        if (at.isAfter(now) && !(pause != null && newer)) {
            return Optional.empty();
        }
        busy = true;
        pause = null;
        return Optional.of(newer ? new Run(latest, 1) : run);
    }

    /** When to look again, if at any time. */
    Optional<Instant> wakeAt() {
        if (busy || paused || at == null || next == null) {
            return Optional.empty();
        }
        Instant newer = pause == null ? at : schedule.next(next.slot()).orElse(at);
        return Optional.of(newer.isBefore(at) ? newer : at);
    }

    /** A slot has been served, here or elsewhere, or given up. */
    void served(Instant slot, Instant now) {
        if (served == null || slot.isAfter(served)) {
            served = slot;
        }
        idle(now);
    }

    /** Counts how an attempt ended. */
    void counted(JobStatus status) {
        if (status == JobStatus.FINISHED) {
            failedAttempts = 0;
        } else if (status == JobStatus.ERROR) {
            failedAttempts++;
        }
    }

    /** Will try the slot again after the pause that the schedule has for that. */
    void retry(Run run, Instant now) {
        waitFor(
                new Run(run.slot(), run.attempt() + 1),
                schedule.pauseAfter(run.attempt()).orElseThrow(),
                now);
    }

    /** The slot may be another process's; looks again later, or when the next one comes. */
    void waitFor(Run run, Duration wait, Instant now) {
        busy = false;
        job = null;
        plan(run.slot(), run.attempt(), now.plus(wait));
        pause = wait;
    }

    /**
     * Something else than a slot is about to begin, which the next slot must wait for; unless something is under way.
     */
    boolean occupy() {
        boolean idle = !busy;
        busy = true;
        return idle;
    }

    void begun(Job started) {
        job = started;
    }

    @Nullable
    Job job() {
        return job;
    }

    void pause() {
        paused = true;
    }

    /** Goes on with the next slot; those that passed meanwhile were not wanted. */
    void resume(Instant now) {
        if (paused) {
            paused = false;
            Optional<Instant> latest = schedule.times().latest(now);
            if (served != null && latest.isPresent() && latest.get().isAfter(served)) {
                served = latest.get();
            }
            if (!busy) {
                idle(now);
            }
        }
    }

    boolean isPaused() {
        return paused;
    }

    boolean isBusy() {
        return busy;
    }

    Schedule.Status status() {
        return new Schedule.Status(
                name,
                schedule,
                task,
                paused,
                busy || paused ? Optional.empty() : Optional.ofNullable(at),
                Optional.ofNullable(job).map(Job::id),
                Optional.ofNullable(served),
                failedAttempts);
    }
}

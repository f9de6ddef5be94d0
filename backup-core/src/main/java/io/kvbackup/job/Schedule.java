package io.kvbackup.job;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * When a task is to run, and how stubbornly. Immutable.
 *
 * <ul>
 *   <li>Times that passed while nothing could run (the process was down, an earlier run was still going on, the clock
 *       jumped forwards) are made up for by one run, as soon as possible.
 *   <li>If the clock is set back by up to an hour, times that have been served are not served again. If it is set back
 *       further, it must have been wrong before, and the schedule follows the new time.
 *   <li>In a zone with daylight saving, a daily time that is skipped in spring runs at the moment of the change, and
 *       one that comes twice in autumn runs the first time.
 *   <li>A run that fails is tried again after a pause, which doubles each time; the next time of the schedule ends
 *       that.
 * </ul>
 */
public final class Schedule {
    private static final int DEFAULT_ATTEMPTS = 4;
    private static final Duration DEFAULT_PAUSE = Duration.ofMinutes(1);
    static final Duration LONGEST_PAUSE = Duration.ofHours(1);

    private final Times times;
    private final Duration jitter;
    private final int attempts;
    private final Duration pause;

    private Schedule(Times times, Duration jitter, int attempts, Duration pause) {
        this.times = times;
        this.jitter = jitter;
        this.attempts = attempts;
        this.pause = pause;
    }

    /**
     * Times of a cron expression, in UTC.
     *
     * @param expression minute, hour, day of month, month and day of week as in {@code 0 2 * * *}, with lists, ranges,
     *     steps, and names of months and days; or {@code @hourly}, {@code @daily}, {@code @weekly}, {@code @monthly},
     *     {@code @yearly}
     * @throws IllegalArgumentException if it makes no sense, or names a time that never comes
     */
    public static Schedule cron(String expression) {
        return cron(expression, ZoneOffset.UTC);
    }

    /** Times of a cron expression, on the clocks of a zone. */
    public static Schedule cron(String expression, ZoneId zone) {
        return of(new CronTimes(expression, Objects.requireNonNull(zone, "zone")));
    }

    /**
     * Every so often. The times are counted from midnight UTC of 1 January 1970, so {@code every(Duration.ofHours(1))}
     * means on the hour, in every process and after every restart.
     *
     * @throws IllegalArgumentException if it is shorter than a millisecond or longer than ten years
     */
    public static Schedule every(Duration period) {
        return of(new PeriodTimes(period));
    }

    private static Schedule of(Times times) {
        return new Schedule(times, Duration.ZERO, DEFAULT_ATTEMPTS, DEFAULT_PAUSE);
    }

    /**
     * Delays each run by a random time of up to so much, so that many hosts do not go to one store at the same moment.
     *
     * @throws IllegalArgumentException if it is negative, or not shorter than the shortest time between two runs, also
     *     where the clocks of the zone change
     */
    public Schedule withJitter(Duration upTo) {
        if (upTo.isNegative()) {
            throw new IllegalArgumentException("jitter must not be negative: " + upTo);
        }
        Optional<Instant> close = times.closerThan(upTo);
        if (close.isPresent()) {
            throw new IllegalArgumentException(
                    "jitter of " + upTo + " is not shorter than the time between two runs of '" + this + "', such as "
                            + next(close.get().minusNanos(1), 2) + "; choose a shorter one");
        }
        return new Schedule(times, upTo, attempts, pause);
    }

    /**
     * How often a run is tried in all if it fails, and how long the first pause is; 4 times and a minute unless set.
     * Each pause is twice as long as the one before, up to an hour.
     *
     * @throws IllegalArgumentException if there is to be no attempt, or the pause is not longer than zero
     */
    public Schedule withRetry(int maxAttempts, Duration firstPause) {
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("a run needs at least 1 attempt, not " + maxAttempts);
        }
        if (firstPause.isNegative() || firstPause.isZero()) {
            throw new IllegalArgumentException(
                    "the pause between attempts must be longer than zero, not " + firstPause);
        }
        return new Schedule(times, jitter, maxAttempts, firstPause);
    }

    /** The first time after this moment, without jitter; empty if there is none any more. */
    public Optional<Instant> next(Instant after) {
        return times.next(after);
    }

    /** The first so many times after this moment. */
    public List<Instant> next(Instant after, int count) {
        List<Instant> all = new ArrayList<>();
        Optional<Instant> next = next(after);
        while (all.size() < count && next.isPresent()) {
            all.add(next.get());
            next = next(next.get());
        }
        return all;
    }

    Times times() {
        return times;
    }

    Duration jitter() {
        return jitter;
    }

    /** How long to wait after so many failed attempts; empty if that was the last. */
    Optional<Duration> pauseAfter(int failed) {
        if (failed >= attempts) {
            return Optional.empty();
        }
        Duration wait = pause;
        for (int i = 1; i < failed && wait.compareTo(LONGEST_PAUSE) < 0; i++) {
            wait = wait.multipliedBy(2);
        }
        return Optional.of(wait.compareTo(LONGEST_PAUSE) > 0 && wait.compareTo(pause) > 0 ? LONGEST_PAUSE : wait);
    }

    @Override
    public String toString() {
        return times + (jitter.isZero() ? "" : ", up to " + jitter + " later");
    }

    /**
     * Where a schedule stands.
     *
     * @param name the name that it was given
     * @param schedule when it runs
     * @param task what it runs
     * @param paused whether it waits to be {@linkplain Jobs#resume resumed}
     * @param nextRun when it will run, jitter and pauses after failures included; empty while it is paused or runs, for
     *     a moment after it was added, and if there is no time left
     * @param running the id of its job that is waiting or at work
     * @param lastServed the last of its times that has been served, here or, as far as that is known, in another
     *     process
     * @param failedAttempts how many attempts have failed since the last success
     */
    public record Status(
            String name,
            Schedule schedule,
            JobTask task,
            boolean paused,
            Optional<Instant> nextRun,
            Optional<String> running,
            Optional<Instant> lastServed,
            int failedAttempts) {}
}

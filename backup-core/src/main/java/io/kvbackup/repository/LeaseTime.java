package io.kvbackup.repository;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * How time passes for leases. Two clocks, since the monotonic one may stand still while a machine sleeps, and the wall
 * clock may be set back: of the two, the one on which more time has passed counts for who must stop, and the monotonic
 * one for who waits to take over.
 *
 * @param clock wall clock
 * @param nanoTime monotonic clock
 * @param sleeper pauses between looks
 */
public record LeaseTime(Clock clock, LongSupplier nanoTime, Sleeper sleeper) {
    /** A moment on both clocks. */
    public record Moment(long nanos, Instant wall) {}

    /** This moment. */
    public Moment now() {
        return new Moment(nanoTime.getAsLong(), clock.instant());
    }

    /** Time between two moments, on the clock that says more. */
    public static Duration longest(Moment from, Moment to) {
        Duration monotonic = Duration.ofNanos(to.nanos() - from.nanos());
        Duration wall = Duration.between(from.wall(), to.wall());
        return monotonic.compareTo(wall) > 0 ? monotonic : wall;
    }

    /** Time since a moment that has passed in any case. */
    Duration monotonicSince(Moment start) {
        return Duration.ofNanos(nanoTime.getAsLong() - start.nanos());
    }
}

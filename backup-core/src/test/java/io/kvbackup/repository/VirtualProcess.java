package io.kvbackup.repository;

import io.kvbackup.UtcClock;
import java.time.Duration;
import java.time.Instant;

/**
 * The clocks of one process in a simulation: a wall clock that may be wrong, a monotonic one that stands still while
 * the process is suspended, and pauses that take no time.
 */
final class VirtualProcess extends UtcClock {
    private final long firstNanos;
    private Instant wall;
    private long nanos;

    VirtualProcess(Instant wall, long firstNanos) {
        this.wall = wall;
        this.firstNanos = firstNanos;
        this.nanos = firstNanos;
    }

    LeaseTime time() {
        return new LeaseTime(this, () -> nanos, this::pass);
    }

    /** Time passes on both clocks. */
    void pass(Duration time) {
        wall = wall.plus(time);
        nanos += time.toNanos();
    }

    /** The machine sleeps: its monotonic clock stands still. */
    void suspend(Duration time) {
        wall = wall.plus(time);
    }

    /** Somebody sets the wall clock. */
    void setWall(Instant instant) {
        wall = instant;
    }

    Duration elapsed() {
        return Duration.ofNanos(nanos - firstNanos);
    }

    @Override
    public Instant instant() {
        return wall;
    }
}

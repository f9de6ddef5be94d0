package io.kvbackup.job;

import io.kvbackup.UtcClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A clock that a test moves, and a timer that goes with it: a year passes in a moment. For one thread. */
final class SimulatedTime extends UtcClock implements JobOptions.Timer {
    private record Wake(Instant at, long number, Runnable action) {}

    private final PriorityQueue<Wake> wakes =
            new PriorityQueue<>(Comparator.comparing(Wake::at).thenComparing(Wake::number));
    private Instant now;
    private long number;

    SimulatedTime(Instant now) {
        this.now = now;
    }

    @Override
    public void wakeAfter(Duration delay, Runnable wake) {
        wakes.add(new Wake(now.plus(delay), number++, wake));
    }

    /** Lets so much time pass, and all that is due happen at its time. */
    void pass(Duration time) {
        Instant end = now.plus(time);
        while (!wakes.isEmpty() && !wakes.peek().at().isAfter(end)) {
            Wake wake = wakes.poll();
            now = wake.at().isAfter(now) ? wake.at() : now;
            wake.action().run();
        }
        now = end;
    }

    /** Sets the clock, as an operator or a time server does, and wakes whoever waits. */
    void jumpTo(Instant time) {
        now = time;
        wakeAll();
    }

    /** What a timer does now and then. */
    void wakeAll() {
        Wake[] all = wakes.toArray(Wake[]::new);
        wakes.clear();
        for (Wake wake : all) {
            wake.action().run();
        }
    }

    @Override
    public Instant instant() {
        return now;
    }
}

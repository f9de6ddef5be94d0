package io.kvbackup;

import java.time.Duration;
import java.time.Instant;

/** A clock that a test sets. */
public final class TestClock extends UtcClock {
    private volatile Instant now;

    public TestClock(Instant now) {
        this.now = now;
    }

    public void advanceSeconds(long seconds) {
        now = now.plusSeconds(seconds);
    }

    public void advance(Duration time) {
        now = now.plus(time);
    }

    @Override
    public Instant instant() {
        return now;
    }
}

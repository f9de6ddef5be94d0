package io.kvbackup;

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

    @Override
    public Instant instant() {
        return now;
    }
}

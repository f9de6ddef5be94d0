package io.kvbackup;

import java.time.Clock;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** What tests' clocks have in common: nobody asks them for a time zone. */
public abstract class UtcClock extends Clock {
    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}

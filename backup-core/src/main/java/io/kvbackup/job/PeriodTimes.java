package io.kvbackup.job;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Every so often, counted from 1970-01-01T00:00:00Z, so that all processes mean the same moments. */
record PeriodTimes(Duration period) implements Times {
    private static final Duration LONGEST = Duration.ofDays(3660);

    PeriodTimes {
        if (period.isNegative() || period.isZero()) {
            throw new IllegalArgumentException("a schedule's period must be longer than zero, not " + period);
        }
        if (period.toMillis() < 1 || period.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "a schedule's period must be from a millisecond to ten years, not " + period);
        }
    }

    @Override
    public Optional<Instant> next(Instant after) {
        return Optional.of(Instant.ofEpochMilli((slot(after) + 1) * period.toMillis()));
    }

    @Override
    public Optional<Instant> latest(Instant until) {
        return Optional.of(Instant.ofEpochMilli(slot(until) * period.toMillis()));
    }

    @Override
    public Optional<Instant> closerThan(Duration limit) {
        return period.compareTo(limit) <= 0 ? next(Instant.EPOCH) : Optional.empty();
    }

    private long slot(Instant at) {
        return Math.floorDiv(at.toEpochMilli(), period.toMillis());
    }

    @Override
    public String toString() {
        return "every " + period;
    }
}

package io.kvbackup.repository;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * How long an upload has taken so far, by whichever clock says more: the monotonic one stands still while a machine is
 * suspended, the other may be set back.
 */
public record UploadTime(Clock clock, LongSupplier nanoTime, Instant wallStart, long start) {
    /** More than a small backup takes. */
    static final Duration SHORT = Duration.ofMinutes(1);

    /** No archive that is younger by the store's own clock is taken for remains, however short the grace period is. */
    public static final Duration NEVER_REMAINS = SHORT.multipliedBy(2);

    public static UploadTime start(Clock clock, LongSupplier nanoTime) {
        return new UploadTime(clock, nanoTime, clock.instant(), nanoTime.getAsLong());
    }

    boolean isShort() {
        return nanoTime.getAsLong() - start < SHORT.toNanos()
                && Duration.between(wallStart, clock.instant()).compareTo(SHORT) < 0;
    }
}

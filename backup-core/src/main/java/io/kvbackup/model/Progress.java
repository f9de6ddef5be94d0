package io.kvbackup.model;

import java.time.Duration;
import java.util.Optional;

/**
 * How far a backup, restore or verification has come.
 *
 * @param entries entries that have passed so far
 * @param bytes key and value bytes that have passed so far
 * @param fraction estimated share of the work that is done, 0 to 1; negative if nothing is known of the total
 * @param elapsed time since the start
 */
public record Progress(long entries, long bytes, double fraction, Duration elapsed) {
    /** Estimated time until the end; empty while nothing is known of the total. */
    public Optional<Duration> remaining() {
        if (fraction <= 0) {
            return Optional.empty();
        }
        double total = elapsed.toNanos() / Math.min(1, fraction);
        return Optional.of(Duration.ofNanos((long) total - elapsed.toNanos()));
    }

    /** Key and value bytes per second. */
    public double bytesPerSecond() {
        return elapsed.isZero() ? 0 : bytes * 1e9 / elapsed.toNanos();
    }
}

package io.kvbackup.storage.retry;

import io.kvbackup.storage.StorageTraits;
import java.time.Duration;

/**
 * How often, how fast and how long {@link RetryingStorageClient} tries. If a client
 * {@linkplain StorageTraits#retriesItself() retries itself}, only the deadlines hold for its requests; all of the
 * policy holds for resuming its downloads.
 *
 * @param attempts in all, so 1 for no retry
 * @param baseDelay the pause before the second attempt; it doubles with each further one
 * @param maxDelay the longest pause
 * @param jitter share of a pause that is random, 0 to 1: with 0.5 a pause of 8 s becomes one of 4 to 8 s
 * @param attemptDeadline how long one request may take, or a stream may stand still, before it is given up. It must be
 *     enough to send all parts that an upload keeps in flight. Copies, and the completion of an upload of more than 256
 *     KiB, have {@code overallDeadline}, because a store may need long for them
 * @param overallDeadline how long one operation may take with all its attempts and pauses. For a download or listing
 *     the time starts again with each step forward, for an upload with its first failure, because they may run for
 *     hours
 */
public record RetryPolicy(
        int attempts,
        Duration baseDelay,
        Duration maxDelay,
        double jitter,
        Duration attemptDeadline,
        Duration overallDeadline) {
    private static final RetryPolicy DEFAULTS = new RetryPolicy(
            5, Duration.ofMillis(200), Duration.ofSeconds(20), 0.5, Duration.ofMinutes(5), Duration.ofMinutes(30));

    public RetryPolicy {
        require(attempts >= 1, "attempts must be at least 1, not " + attempts);
        require(!baseDelay.isNegative(), "baseDelay must not be negative: " + baseDelay);
        require(maxDelay.compareTo(baseDelay) >= 0, "maxDelay " + maxDelay + " is shorter than baseDelay " + baseDelay);
        require(jitter >= 0 && jitter <= 1, "jitter must be from 0 to 1, not " + jitter);
        require(
                !attemptDeadline.isNegative() && !attemptDeadline.isZero(),
                "attemptDeadline must be positive, not " + attemptDeadline);
        require(
                overallDeadline.compareTo(attemptDeadline) >= 0,
                "overallDeadline " + overallDeadline + " is shorter than attemptDeadline " + attemptDeadline);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /** 5 attempts, pauses from 200 ms to 20 s of which half is random, 5 minutes for an attempt, 30 for all. */
    public static RetryPolicy defaults() {
        return DEFAULTS;
    }

    /** The same with another number of attempts. */
    public RetryPolicy withAttempts(int attempts) {
        return new RetryPolicy(attempts, baseDelay, maxDelay, jitter, attemptDeadline, overallDeadline);
    }

    /** The same with other pauses. */
    public RetryPolicy withDelays(Duration baseDelay, Duration maxDelay, double jitter) {
        return new RetryPolicy(attempts, baseDelay, maxDelay, jitter, attemptDeadline, overallDeadline);
    }

    /** The same with other deadlines. */
    public RetryPolicy withDeadlines(Duration attemptDeadline, Duration overallDeadline) {
        return new RetryPolicy(attempts, baseDelay, maxDelay, jitter, attemptDeadline, overallDeadline);
    }
}

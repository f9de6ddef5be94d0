package io.kvbackup.s3;

import io.kvbackup.objectstore.RetryWatch;
import io.kvbackup.pipeline.Interruption;
import java.io.IOException;
import java.time.Duration;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.retries.api.RetryStrategy;

/** How the SDK repeats requests: long enough for an upload of hours to survive an outage of seconds. */
final class S3Retries {
    static final int ATTEMPTS = 10;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration FIRST_PAUSE_OF_THROTTLED = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);

    /**
     * With this share of the deadline for the longest, all pauses together leave more than a third of it for attempts.
     */
    private static final int SHARE = 16;

    private S3Retries() {}

    static RetryStrategy strategy(S3Settings settings) {
        Duration share = settings.callTimeout().dividedBy(SHARE);
        Duration longest = share.compareTo(LONGEST_PAUSE) < 0 ? share : LONGEST_PAUSE;
        RetryStrategy strategy = AwsRetryStrategy.standardRetryStrategy().toBuilder()
                .maxAttempts(ATTEMPTS)
                .backoffStrategy(pauses(FIRST_PAUSE, longest))
                .throttlingBackoffStrategy(pauses(FIRST_PAUSE_OF_THROTTLED, longest))
                // It would let many parts that fail at once use up each other's attempts; deadlines are bound enough.
                .circuitBreakerEnabled(false)
                .retryOnException(S3Retries::isConflict)
                .retryOnException(S3Retries::isBrokenAnswer)
                .build();
        return new WatchedRetries(strategy, new RetryWatch(System::nanoTime));
    }

    private static BackoffStrategy pauses(Duration first, Duration longest) {
        return BackoffStrategy.exponentialDelayHalfJitter(first.compareTo(longest) < 0 ? first : longest, longest);
    }

    private static boolean isConflict(Throwable e) {
        return e instanceof AwsServiceException service
                && S3Failures.isConflict(service)
                && !S3Failures.code(service).isEmpty();
    }

    /**
     * A connection that breaks while the answer is being parsed, which the SDK takes for an answer that makes no sense.
     */
    private static boolean isBrokenAnswer(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException && !Interruption.is(cause)) {
                return true;
            }
        }
        return false;
    }
}

package io.kvbackup.storage.retry;

import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.kvbackup.pipeline.Interruption;
import io.kvbackup.storage.PreconditionFailedException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One operation with its attempts. After each failure it decides whether to go on, and pauses. */
final class RetryLoop {
    private static final Logger LOG = LoggerFactory.getLogger(RetryLoop.class);

    /** After this time, the log tells of an operation. */
    private static final Duration STUCK = Duration.ofSeconds(30);

    private final String operation;
    private final RetryPolicy policy;
    private final RetryTime time;
    private final Retry.AsyncContext<?> attempts;
    private final long start;
    private final long end;
    private int failures;
    private boolean warned;

    RetryLoop(String operation, RetryPolicy policy, RetryTime time, Random random) {
        this.operation = operation;
        this.policy = policy;
        this.time = time;
        this.attempts = Retry.of(operation, config(policy, random)).asyncContext();
        this.start = time.nanoTime();
        this.end = start + policy.overallDeadline().toNanos();
    }

    private static RetryConfig config(RetryPolicy policy, Random random) {
        return RetryConfig.custom()
                .maxAttempts(policy.attempts())
                .retryOnException(RetryLoop::isTransient)
                .intervalFunction(attempt -> delay(policy, attempt, random).toMillis())
                .build();
    }

    private static Duration delay(RetryPolicy policy, int attempt, Random random) {
        double doubled = (double) policy.baseDelay().toMillis() * Math.pow(2, attempt - 1);
        double capped = Math.min(doubled, (double) policy.maxDelay().toMillis());
        return Duration.ofMillis((long) (capped * (1 - policy.jitter() * random.nextDouble())));
    }

    /** Whether the same request may succeed later. */
    static boolean isTransient(Throwable failure) {
        return failure instanceof IOException
                && !(failure instanceof NoSuchFileException)
                && !(failure instanceof PreconditionFailedException)
                && !(failure instanceof AccessDeniedException)
                && !(failure instanceof ResumingList.UnsortedListException)
                && !Interruption.is(failure);
    }

    /** How long the next attempt may take. */
    Duration limit() {
        Duration left = Duration.ofNanos(Math.max(1, end - time.nanoTime()));
        return left.compareTo(policy.attemptDeadline()) < 0 ? left : policy.attemptDeadline();
    }

    /** Pauses before the next attempt, or throws if there is none. */
    void failed(IOException failure) throws IOException {
        failures++;
        long pause = attempts.onError(failure);
        if (!isTransient(failure)) {
            throw failure;
        }
        if (pause < 0 || end - time.nanoTime() <= Duration.ofMillis(pause).toNanos()) {
            throw failures == 1 ? failure : gaveUp(failure);
        }
        tell(failure, pause);
        try {
            time.sleep(Duration.ofMillis(pause));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException(operation + " was interrupted");
            interrupted.addSuppressed(failure);
            throw interrupted;
        }
    }

    private void tell(IOException failure, long pause) {
        Duration since = Duration.ofNanos(time.nanoTime() - start);
        if (!warned && since.compareTo(STUCK) >= 0) {
            warned = true;
            LOG.warn(
                    "{} has failed {} times in {} s, and goes on: {}",
                    operation,
                    failures,
                    since.toSeconds(),
                    failure.toString());
        } else {
            LOG.info("{} failed, next attempt in {} ms: {}", operation, pause, failure.toString());
        }
    }

    private IOException gaveUp(IOException failure) {
        return new IOException(
                operation + ": gave up after " + failures + " attempts; the last said: " + failure.getMessage(),
                failure);
    }
}

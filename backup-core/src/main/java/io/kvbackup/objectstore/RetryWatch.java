package io.kvbackup.objectstore;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks on while a client repeats requests: tells people what goes on, and ends it where nobody is there. A store that
 * has never answered and refuses connections, or whose name nobody knows, is more likely not started, or at another
 * address, than restarting. Safe for use by several threads.
 */
public final class RetryWatch {
    private static final Logger LOG = LoggerFactory.getLogger(RetryWatch.class);
    private static final int TRIES_OF_A_STRANGER = 4;
    private static final Duration STUCK = Duration.ofSeconds(30);

    private final LongSupplier nanoTime;
    private final Logger log;
    private volatile boolean reached;

    public RetryWatch(LongSupplier nanoTime) {
        this(nanoTime, LOG);
    }

    RetryWatch(LongSupplier nanoTime, Logger log) {
        this.nanoTime = nanoTime;
        this.log = log;
    }

    /** Something has answered. */
    public void reached() {
        reached = true;
    }

    /** To be called before the first attempt of a request. */
    public Request begin() {
        return new Request();
    }

    /** One request with its attempts; for one thread at a time. */
    public final class Request {
        private final long start = nanoTime.getAsLong();
        private int failures;
        private boolean warned;

        private Request() {}

        /** To be called after a failure that may pass; whether it is not worth another attempt. */
        public boolean isHopeless(Throwable failure) {
            failures++;
            return !reached && failures >= TRIES_OF_A_STRANGER && isNobody(failure);
        }

        /** To be called before another attempt. */
        public void goesOn(Throwable failure) {
            Duration since = Duration.ofNanos(nanoTime.getAsLong() - start);
            if (!warned && since.compareTo(STUCK) >= 0) {
                warned = true;
                log.warn(
                        "a request has failed {} times in {} s, and goes on: {}",
                        failures,
                        since.toSeconds(),
                        failure.toString());
            } else if (failures == 1) {
                log.info("a request failed, and is tried again: {}", failure.toString());
            } else {
                log.debug("attempt {} failed: {}", failures, failure.toString());
            }
        }
    }

    private static boolean isNobody(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || cause instanceof UnknownHostException) {
                return true;
            }
        }
        return false;
    }
}

package io.kvbackup.storage.throttle;

import java.io.InterruptedIOException;

/** The rest of one stream's turn in a {@link RateLimit}. For one thread at a time. */
final class RateShare {
    private final RateLimit limit;
    private final String operation;
    private long left;

    RateShare(RateLimit limit, String operation) {
        this.limit = limit;
        this.operation = operation;
    }

    /** Waits until some bytes may pass, and returns how many, at most {@code wanted}. */
    int take(int wanted) throws InterruptedIOException {
        if (left == 0) {
            try {
                left = limit.awaitTurn();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException(
                        operation + " was interrupted while it waited for its share of " + limit);
            }
        }
        int taken = (int) Math.min(left, wanted);
        left -= taken;
        return taken;
    }

    /** Leaves the rest of the turn to others. */
    void end() {
        limit.giveBack(left);
        left = 0;
    }

    /** Returns bytes that did not pass after all. */
    void giveBack(int unused) {
        left += unused;
    }
}

package io.kvbackup.storage.throttle;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A number of bytes per second, shared by all streams that go through {@link ThrottledStorageClient}s with this limit.
 *
 * <p>Streams take turns and get the same number of bytes at each turn. So all waiting streams get the same share,
 * however many bytes they ask for at a time, and what one does not use goes to the others. In any span of time, the
 * bytes that pass are at most what the rate allows, plus {@link #burst()}, plus one turn (20 ms of the rate, at least
 * one byte) for each stream.
 *
 * <p>Streams that belong to one piece of work can share one turn, with {@link #asOne()}.
 *
 * <p>Safe for use by several threads. A thread that waits for its turn can be interrupted.
 */
public final class RateLimit {
    private static final long SECOND = 1_000_000_000L;
    /** Lets a thread wait. */
    interface Sleep {
        void sleep(Duration pause) throws InterruptedException;
    }

    private static final int TURNS_PER_SECOND = 50;
    private static final int BURSTS_PER_SECOND = 10;
    /** Limits what a stream may hold unused; at such rates a turn is over before a pause could begin. */
    private static final long MAX_TURN = 256 * 1024;

    private final long bytesPerSecond;
    private final long turn;
    private final LongSupplier nanoTime;
    private final Sleep sleep;
    private final Semaphore first = new Semaphore(1, true);
    /** The limit in which the first stream of this one waits among others; null if this is the whole limit. */
    private final @Nullable RateLimit whole;

    /** The time at which all bytes that were given out have passed at the pace of the limit. */
    private long passed;

    RateLimit(long bytesPerSecond, LongSupplier nanoTime, Sleep sleep) {
        this(bytesPerSecond, nanoTime, sleep, null);
    }

    private RateLimit(long bytesPerSecond, LongSupplier nanoTime, Sleep sleep, @Nullable RateLimit whole) {
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException(
                    "a limit must be at least 1 byte per second, not " + bytesPerSecond + "; leave it out for none");
        }
        this.bytesPerSecond = bytesPerSecond;
        this.turn = Math.min(MAX_TURN, Math.max(1, bytesPerSecond / TURNS_PER_SECOND));
        this.nanoTime = nanoTime;
        this.sleep = sleep;
        this.whole = whole;
        this.passed = nanoTime.getAsLong();
    }

    /**
     * A limit of this many bytes in a second.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public static RateLimit bytesPerSecond(long bytes) {
        return new RateLimit(bytes, System::nanoTime, pause -> TimeUnit.NANOSECONDS.sleep(pause.toNanos()));
    }

    /** No limit. */
    public static RateLimit unlimited() {
        return bytesPerSecond(Long.MAX_VALUE);
    }

    /**
     * This limit for streams that count as one: of all streams that go through the result, only one at a time waits for
     * a turn here, so together they get the share of a single stream. A stream that is alone loses nothing.
     */
    public RateLimit asOne() {
        return new RateLimit(bytesPerSecond, nanoTime, sleep, this);
    }

    /** How many bytes may pass in a second. */
    public long bytesPerSecond() {
        return bytesPerSecond;
    }

    /** How many bytes may pass at once after a pause: what the rate allows in 100 ms, at least one. */
    public long burst() {
        return Math.max(1, bytesPerSecond / BURSTS_PER_SECOND);
    }

    boolean isUnlimited() {
        return bytesPerSecond == Long.MAX_VALUE;
    }

    /** Waits for a turn, the longest waiting thread first, and returns how many bytes it is good for. */
    long awaitTurn() throws InterruptedException {
        if (isUnlimited()) {
            return turn;
        }
        first.acquire();
        try {
            if (whole != null) {
                return whole.awaitTurn();
            }
            long pause = untilNextTurn();
            if (pause > 0) {
                sleep.sleep(Duration.ofNanos(pause));
            }
            // Only now: a thread that was interrupted in its pause has taken nothing.
            take();
            return turn;
        } finally {
            first.release();
        }
    }

    private synchronized long untilNextTurn() {
        long now = nanoTime.getAsLong();
        return later(passed, now - nanos(burst())) + nanos(turn) - now;
    }

    private synchronized void take() {
        passed = later(passed, nanoTime.getAsLong() - nanos(burst())) + nanos(turn);
    }

    /** Takes back what was left of a turn. */
    void giveBack(long bytes) {
        if (whole != null) {
            whole.giveBack(bytes);
        } else {
            untake(bytes);
        }
    }

    private synchronized void untake(long bytes) {
        passed -= (long) ((double) bytes / (double) bytesPerSecond * SECOND);
    }

    private static long later(long a, long b) {
        return a - b > 0 ? a : b;
    }

    /** How many threads wait for the one whose turn comes next. */
    int waiting() {
        return first.getQueueLength();
    }

    /** Rounded up, so that the limit is never exceeded. */
    private long nanos(long bytes) {
        return (long) Math.ceil((double) bytes / (double) bytesPerSecond * SECOND);
    }

    @Override
    public String toString() {
        return isUnlimited() ? "unlimited" : bytesPerSecond + " B/s";
    }
}

package io.kvbackup.storage.throttle;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Time for a limit that everybody wants more of: it passes only while one thread is asleep and so many others wait for
 * their turn. After {@link #CROWDED} it passes freely, so that streams can come to an end.
 */
public final class CrowdedTime {
    public static final Duration CROWDED = Duration.ofSeconds(2);

    private final AtomicLong now = new AtomicLong();
    private volatile int others;
    private volatile RateLimit limit = RateLimit.unlimited();

    /** @param others how many must wait; less than there are streams */
    public CrowdedTime(int others) {
        this.others = others;
    }

    /** The limit that is watched. */
    public RateLimit limit(long bytesPerSecond) {
        limit = new RateLimit(bytesPerSecond, now::get, this::sleep);
        return limit;
    }

    /** Says that from now on fewer wait. */
    public void awaitOthers(int fewer) {
        others = fewer;
    }

    public Duration elapsed() {
        return Duration.ofNanos(now.get());
    }

    private void sleep(Duration pause) throws InterruptedException {
        while (limit.waiting() < others && elapsed().compareTo(CROWDED) <= 0) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            Thread.onSpinWait();
        }
        now.addAndGet(pause.toNanos());
    }
}

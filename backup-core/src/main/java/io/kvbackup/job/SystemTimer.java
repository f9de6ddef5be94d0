package io.kvbackup.job;

import java.io.Closeable;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A daemon thread that wakes at least twice a minute, so that a jump of the clock is noticed. */
final class SystemTimer implements JobOptions.Timer, Closeable {
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1, task -> {
        Thread made = new Thread(task, "kvbackup-timer");
        made.setDaemon(true);
        return made;
    });

    // Whoever waits is ended by close().
    @SuppressWarnings("FutureReturnValueIgnored")
    @Override
    public void wakeAfter(Duration delay, Runnable wake) {
        Duration time = delay.compareTo(LONGEST) < 0 ? delay : LONGEST;
        if (!thread.isShutdown()) {
            ScheduledFuture<?> unused = thread.schedule(wake, time.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}

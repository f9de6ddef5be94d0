package io.kvbackup.gcs;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs what is to happen at a deadline, on daemon threads of its own that come when needed and go when idle: the common pool of the JDK
 * may be busy with whatever the host does. A task that takes its time delays no other, so there may be as many threads as requests hang at once. For use by
 * several threads.
 */
final class Alarms {
    private static final int IDLE_SECONDS = 10;

    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(1, threads("kvbackup-gcs-timer-"));
    private final ThreadPoolExecutor ringing = new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            threads("kvbackup-gcs-alarm-"));

    Alarms() {
        timer.setRemoveOnCancelPolicy(true);
        timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
    }

    /** The threads inherit nothing of the one that happens to need them first, which may be a host's request. */
    private static ThreadFactory threads(String name) {
        AtomicInteger number = new AtomicInteger();
        return run -> {
            Thread thread = new Thread(null, run, name + number.incrementAndGet(), 0, false);
            thread.setContextClassLoader(Alarms.class.getClassLoader());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Runs {@code task} in so many milliseconds unless it is cancelled before. */
    Future<?> in(int millis, Runnable task) {
        return timer.schedule(() -> ringing.execute(task), millis, TimeUnit.MILLISECONDS);
    }
}

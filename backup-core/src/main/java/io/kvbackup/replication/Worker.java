package io.kvbackup.replication;

import io.kvbackup.pipeline.Interruption;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A daemon thread of its own that works until it is interrupted. */
final class Worker {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    private final Thread thread;

    /** What it does; an interrupt ends it. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException, InterruptedException;
    }

    Worker(String name, Work work) {
        thread = new Thread(() -> run(work), name);
        thread.setDaemon(true);
    }

    private static void run(Work work) {
        try {
            work.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            if (!Interruption.is(e)) {
                LOG.warn("{} ends: {}", Thread.currentThread().getName(), e.toString());
            }
        } catch (RuntimeException | Error e) {
            LOG.error("{} ends", Thread.currentThread().getName(), e);
        }
    }

    void start() {
        thread.start();
    }

    void interrupt() {
        thread.interrupt();
    }

    /** Returns whether it has ended. */
    boolean join(Duration atMost) throws InterruptedException {
        TimeUnit.NANOSECONDS.timedJoin(thread, atMost.toNanos());
        return !thread.isAlive();
    }

    /** Waits for its end after an interrupt: what it uses may be closed then. */
    void joinUninterruptibly() {
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                thread.interrupt();
            }
        }
    }
}

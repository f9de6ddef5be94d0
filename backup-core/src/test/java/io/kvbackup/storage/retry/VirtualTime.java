package io.kvbackup.storage.retry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Time that passes only in pauses, and while something hangs: each call of {@link #hang()} makes the next wait time out
 * at once.
 */
public final class VirtualTime implements RetryTime {
    private final List<Duration> pauses = new ArrayList<>();
    private long now = 1_000;
    private int hangs;

    @Override
    public synchronized long nanoTime() {
        return now;
    }

    public synchronized Duration elapsed() {
        return Duration.ofNanos(now - 1_000);
    }

    public synchronized List<Duration> pauses() {
        return List.copyOf(pauses);
    }

    public synchronized void hang() {
        hangs++;
    }

    @Override
    public synchronized void sleep(Duration pause) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        pauses.add(pause);
        now += pause.toNanos();
    }

    @Override
    public <T> T await(Future<T> result, Duration limit)
            throws InterruptedException, ExecutionException, TimeoutException {
        while (true) {
            try {
                return result.get(1, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (passes(limit)) {
                    throw e;
                }
            }
        }
    }

    private synchronized boolean passes(Duration limit) {
        if (hangs == 0) {
            return false;
        }
        hangs--;
        now += limit.toNanos();
        return true;
    }
}

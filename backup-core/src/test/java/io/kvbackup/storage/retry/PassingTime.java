package io.kvbackup.storage.retry;

import io.kvbackup.storage.StorageClient;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Time that passes in pauses only, on whatever thread. */
public final class PassingTime implements RetryTime {
    private long now;
    private long taken;

    /** The store with retries for which this time passes. */
    public StorageClient retrying(StorageClient store, RetryPolicy policy) {
        return new RetryingStorageClient(store, policy, this, new Random(1));
    }

    public synchronized Duration takeElapsed() {
        Duration elapsed = Duration.ofNanos(now - taken);
        taken = now;
        return elapsed;
    }

    @Override
    public synchronized long nanoTime() {
        return now;
    }

    @Override
    public synchronized void sleep(Duration pause) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        now += pause.toNanos();
    }

    @Override
    public <T> T await(Future<T> result, Duration limit)
            throws InterruptedException, ExecutionException, TimeoutException {
        long start = nanoTime();
        while (true) {
            try {
                return result.get(1, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (nanoTime() - start > limit.toNanos()) {
                    throw e;
                }
            }
        }
    }
}

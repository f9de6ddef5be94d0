package io.kvbackup.storage.retry;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How time passes for retries; a test can decide it. */
interface RetryTime {
    RetryTime SYSTEM = new RetryTime() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public void sleep(Duration pause) throws InterruptedException {
            TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        }

        @Override
        public <T> T await(Future<T> result, Duration limit)
                throws InterruptedException, ExecutionException, TimeoutException {
            return result.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        }
    };

    long nanoTime();

    void sleep(Duration pause) throws InterruptedException;

    <T> T await(Future<T> result, Duration limit) throws InterruptedException, ExecutionException, TimeoutException;
}

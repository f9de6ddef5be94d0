package io.kvbackup.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Executors that accept tasks and do not run them. */
@Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD)
class PartStarvationTest {
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final List<Runnable> queue = new ArrayList<>();
    private final AtomicInteger ran = new AtomicInteger();
    private final AtomicInteger released = new AtomicInteger();

    @Test
    void cancelDoesNotWaitForWhatHasNotBegun() throws IOException {
        PartTasks tasks = new PartTasks(queue::add, 2, GRACE);
        submit(tasks);
        submit(tasks);
        tasks.cancel();
        assertThat(released).hasValue(2);

        queue.forEach(Runnable::run);
        assertThat(ran).as("tasks run after the cancellation").hasValue(0);
        assertThat(released).hasValue(2);
    }

    @Test
    void whatNoThreadTakesRunsOnTheCallerAndOnlyThere() throws IOException {
        PartTasks tasks = new PartTasks(queue::add, 2, GRACE);
        for (int i = 0; i < 9; i++) {
            submit(tasks);
        }
        tasks.awaitAll();
        queue.forEach(Runnable::run);
        assertThat(ran).hasValue(9);
        assertThat(released).hasValue(9);
    }

    @Test
    void uploadingFromTheOnlyThreadOfTheExecutorEnds() throws Exception {
        ExecutorService one = Executors.newSingleThreadExecutor();
        try {
            Future<?> upload = one.submit(() -> {
                PartTasks tasks = new PartTasks(one, 2, GRACE);
                for (int i = 0; i < 5; i++) {
                    submit(tasks);
                }
                tasks.awaitAll();
                return null;
            });
            upload.get();
            assertThat(ran).hasValue(5);
        } finally {
            one.shutdownNow();
        }
    }

    @Test
    void tasksThatAShutdownDroppedRunOnTheCaller() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        ExecutorService one = Executors.newSingleThreadExecutor();
        one.execute(() -> awaitQuietly(busy));
        PartTasks tasks = new PartTasks(one, 2, GRACE);
        submit(tasks);
        submit(tasks);
        assertThat(one.shutdownNow()).hasSize(2);
        tasks.awaitAll();
        assertThat(ran).hasValue(2);
    }

    @Test
    void anInterruptDuringATaskOnTheCallerIsTheCallers() throws IOException {
        PartTasks tasks = new PartTasks(queue::add, 1, GRACE);
        tasks.submit(
                () -> {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException("sending was interrupted");
                },
                released::incrementAndGet);
        assertThatThrownBy(tasks::awaitAll).isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).as("interrupt flag").isTrue();
        tasks.cancel();
        assertThat(released).hasValue(1);
    }

    private void submit(PartTasks tasks) throws IOException {
        tasks.submit(ran::incrementAndGet, released::incrementAndGet);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.kvbackup.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PartTasksTest {
    private final ExecutorService threads = Executors.newFixedThreadPool(8);
    private final AtomicInteger released = new AtomicInteger();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void noMoreThanTheLimitRunAtOnce() throws IOException {
        PartTasks tasks = tasks(3, Duration.ofSeconds(10));
        AtomicInteger running = new AtomicInteger();
        List<Integer> seen = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 200; i++) {
            submit(tasks, () -> {
                seen.add(running.incrementAndGet());
                running.decrementAndGet();
            });
        }
        tasks.awaitAll();
        assertThat(seen).hasSize(200).allMatch(count -> count <= 3);
        assertThat(released).hasValue(200);
    }

    @Test
    void firstFailureIsThrownAndNothingMoreStarts() throws IOException {
        PartTasks tasks = tasks(1, Duration.ofSeconds(10));
        submit(tasks, () -> {
            throw new IOException("part broke");
        });
        assertThatThrownBy(() -> submit(tasks, () -> {})).hasMessage("part broke");
        assertThatThrownBy(tasks::awaitAll).hasMessage("part broke");
        tasks.cancel();
        assertThat(released).hasValue(2);
    }

    @Test
    void aTimeOutIsNotTakenForAnInterrupt() throws IOException {
        PartTasks tasks = tasks(1, Duration.ofSeconds(10));
        submit(tasks, () -> {
            throw new SocketTimeoutException("write timed out");
        });
        assertThatThrownBy(tasks::awaitAll)
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessage("write timed out");
        tasks.cancel();
    }

    @Test
    void anErrorOfATaskIsThrownAsItIs() throws IOException {
        PartTasks tasks = tasks(1, Duration.ofSeconds(10));
        submit(tasks, () -> {
            throw new OutOfMemoryError("no room for a part");
        });
        assertThatThrownBy(tasks::awaitAll).isInstanceOf(OutOfMemoryError.class).hasMessage("no room for a part");
        assertThatThrownBy(() -> submit(tasks, () -> {})).isInstanceOf(OutOfMemoryError.class);
        tasks.cancel();
        assertThat(released).hasValue(2);
    }

    @Test
    void anUncheckedExceptionOfATaskIsThrownAsItIs() throws IOException {
        PartTasks tasks = tasks(1, Duration.ofSeconds(10));
        submit(tasks, () -> {
            throw new IllegalStateException("refused");
        });
        assertThatThrownBy(tasks::awaitAll)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("refused");
    }

    @Test
    void aTaskIsMadeWhenThereIsRoomForIt() throws Exception {
        PartTasks tasks = tasks(2, Duration.ofSeconds(10));
        CountDownLatch end = new CountDownLatch(1);
        submitAndBegin(tasks, () -> await(end));
        tasks.awaitRoom();
        submit(tasks, () -> {
            throw new IOException("part broke");
        });
        assertThatThrownBy(tasks::awaitRoom).hasMessage("part broke");
        end.countDown();
        assertThat(tasks.cancel(Duration.ofMinutes(5))).isTrue();
        assertThat(released).hasValue(2);
    }

    @Test
    void cancelNeedNotWaitForEver() throws Exception {
        PartTasks tasks = tasks(1, Duration.ofMinutes(5));
        CountDownLatch end = new CountDownLatch(1);
        submitAndBegin(tasks, () -> await(end));
        assertThat(tasks.cancel(Duration.ofMillis(20))).isFalse();
        assertThat(released).hasValue(0);
        end.countDown();
        assertThat(tasks.cancel(Duration.ofMinutes(5))).isTrue();
        assertThat(released).hasValue(1);
    }

    @Test
    void cancelWaitsForWhatIsRunningEvenIfInterrupted() throws Exception {
        PartTasks tasks = tasks(2, Duration.ofMinutes(5));
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger ended = new AtomicInteger();
        submitAndBegin(tasks, () -> {
            await(end);
            ended.incrementAndGet();
        });
        Thread.currentThread().interrupt();
        threads.execute(end::countDown);
        tasks.cancel();

        assertThat(Thread.interrupted()).as("interrupt flag").isTrue();
        assertThat(ended).hasValue(1);
        assertThat(released).hasValue(1);
    }

    @Test
    void cancelInterruptsWhatDoesNotEnd() throws Exception {
        PartTasks tasks = tasks(1, Duration.ofMillis(20));
        submitAndBegin(tasks, () -> await(new CountDownLatch(1)));
        tasks.cancel();
        assertThat(released).hasValue(1);
    }

    @Test
    void waitingForRoomCanBeInterrupted() throws Exception {
        PartTasks tasks = tasks(1, Duration.ofMillis(20));
        submit(tasks, () -> await(new CountDownLatch(1)));
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> submit(tasks, () -> {})).isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).as("interrupt flag").isTrue();
        tasks.cancel();
        assertThat(released).hasValue(2);
    }

    @Test
    void anExecutorThatIsShutDownIsAFailure() {
        PartTasks tasks = new PartTasks(
                task -> {
                    throw new RejectedExecutionException("shut down");
                },
                1,
                Duration.ofSeconds(1));
        assertThatThrownBy(() -> submit(tasks, () -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("shut down");
        tasks.cancel();
        assertThat(released).hasValue(1);
    }

    private PartTasks tasks(int limit, Duration grace) {
        return new PartTasks(threads, limit, grace);
    }

    private void submit(PartTasks tasks, PartTasks.Task task) throws IOException {
        tasks.submit(task, released::incrementAndGet);
    }

    /** A task that has not begun would be run by whoever waits, or dropped. */
    private void submitAndBegin(PartTasks tasks, PartTasks.Task task) throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        submit(tasks, () -> {
            started.countDown();
            task.run();
        });
        started.await();
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new InterruptedIOException("stopped");
        }
    }
}

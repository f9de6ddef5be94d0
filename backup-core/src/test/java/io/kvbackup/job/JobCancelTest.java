package io.kvbackup.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kvbackup.LogLines;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** How jobs are stopped, one or all. */
class JobCancelTest extends GatedJobs {
    @Test
    void aCancelledJobStopsAndLetsTheNextIn() throws Exception {
        Job first = jobs.submit(waiting("first", "orders"));
        Job second = jobs.submit(waiting("second", "orders"));
        Job third = jobs.submit(waiting("third", "orders"));
        awaitStatus(first, JobStatus.RUNNING);

        assertThat(second.cancel()).isTrue();
        assertThat(second.await().status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(second.state().started()).isEmpty();
        assertThat(jobs.cancel(first.id())).isTrue();
        JobRecord ended = first.await();

        assertThat(ended.status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(ended.failure()).contains("cancelled on request");
        assertThat(first.cancel()).isFalse();
        assertThat(jobs.cancel(first.id())).isFalse();
        awaitStatus(third, JobStatus.RUNNING);
    }

    @Test
    void whoCancelsAJobIsNotWarnedThatItEnds() throws Exception {
        try (LogLines log = new LogLines()) {
            List<Thread> threads = new CopyOnWriteArrayList<>();
            Jobs logged = fixture.open(JobOptions.builder()
                    .executor(task -> {
                        Thread thread = new Thread(task);
                        threads.add(thread);
                        thread.start();
                    })
                    .build());
            Job cancelled = logged.submit(waiting("cancelled", "orders"));
            awaitStatus(cancelled, JobStatus.RUNNING);
            cancelled.cancel();
            Job failed = logged.submit(JobTask.backup("stock"));
            cancelled.await();
            failed.await();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(log.warnings(cancelled.id())).isEmpty();
            assertThat(log.warnings(failed.id())).hasSize(1);
        }
    }

    @Test
    void aCancelledCallThrowsAndItsThreadIsNotLeftInterrupted() throws Exception {
        CountDownLatch atWork = new CountDownLatch(1);
        CompletableFuture<Boolean> interrupted = CompletableFuture.supplyAsync(() -> {
            assertThatThrownBy(() -> jobs.call(JobScope.about("call"), job -> {
                        atWork.countDown();
                        try {
                            return gate.await(10, TimeUnit.SECONDS);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                            throw new InterruptedIOException("stopped");
                        }
                    }))
                    .isInstanceOf(InterruptedIOException.class)
                    .hasMessageContaining("cancelled on request");
            return Thread.currentThread().isInterrupted();
        });
        atWork.await();

        assertThat(jobs.list().get(0).cancel()).isTrue();

        assertThat(interrupted.get(10, TimeUnit.SECONDS)).isFalse();
    }

    @Test
    void aWaitingCallThatIsInterruptedIsCancelled() throws Exception {
        Job first = jobs.submit(waiting("first", "orders"));
        awaitStatus(first, JobStatus.RUNNING);
        AtomicBoolean flag = new AtomicBoolean();
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                jobs.call(JobScope.holding("call", Set.of("orders")), job -> "never");
                thrown.complete(null);
            } catch (IOException e) {
                flag.set(Thread.currentThread().isInterrupted());
                thrown.complete(e);
            }
        });
        caller.start();
        await().until(() -> jobs.list().size() == 2);
        caller.interrupt();

        assertThat(thrown.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedIOException.class);
        assertThat(flag).isTrue();
        assertThat(jobs.history(JobQuery.all().kind("call")).get(0).status()).isEqualTo(JobStatus.CANCELLED);
    }

    @Test
    void closingWaitsForAllThatWasAskedForAndTakesNoMore() throws Exception {
        Job first = jobs.submit(waiting("first", "orders"));
        Job second = jobs.submit(waiting("second", "orders"));
        CompletableFuture<Void> closing = CompletableFuture.runAsync(this::closeQuietly);
        await().untilAsserted(() -> assertThatThrownBy(() -> jobs.submit(waiting("late", "orders")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the backup manager is closed"));
        assertThat(closing).isNotDone();

        gate.countDown();
        closing.get(10, TimeUnit.SECONDS);

        assertThat(List.of(first.status(), second.status())).containsOnly(JobStatus.FINISHED);
    }

    @Test
    void closingNowCancels() throws Exception {
        Job first = jobs.submit(waiting("first", "orders"));
        Job second = jobs.submit(waiting("second", "orders"));
        awaitStatus(first, JobStatus.RUNNING);

        jobs.closeNow();

        assertThat(List.of(first.status(), second.status())).containsOnly(JobStatus.CANCELLED);
        assertThat(first.state().text()).contains("the manager was closed");
    }

    @Test
    void aJobMayCloseTheManager() throws Exception {
        assertThat(jobs.submit(JobTask.of("last", job -> jobs.close())).await().status())
                .isEqualTo(JobStatus.FINISHED);
    }

    private void closeQuietly() {
        try {
            jobs.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}

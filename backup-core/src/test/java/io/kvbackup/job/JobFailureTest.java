package io.kvbackup.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What goes wrong in a job, around it, and before it. */
class JobFailureTest extends GatedJobs {
    @Test
    void aFailureIsToldWithItsCauses() throws Exception {
        JobRecord ended = jobs.submit(JobTask.of("reindex", context -> {
                    throw new Exception("cannot", new IllegalStateException("because"));
                }))
                .await();

        assertThat(ended.status()).isEqualTo(JobStatus.ERROR);
        assertThat(ended.failure()).contains("Exception: cannot; caused by IllegalStateException: because");
        assertThat(jobs.submit(JobTask.backup("orders")).await().failure())
                .contains("IOException: the store is on fire");
    }

    /** By its class it is an interrupt, but nobody has interrupted anything. */
    @Test
    void aTimeOutOfASocketIsAFailure() throws Exception {
        JobRecord ended = jobs.submit(JobTask.of("reindex", context -> {
                    throw new SocketTimeoutException("read timed out");
                }))
                .await();

        assertThat(ended.status()).isEqualTo(JobStatus.ERROR);
        assertThat(ended.failure()).contains("SocketTimeoutException: read timed out");
    }

    @Test
    void aListenerThatThrowsHarmsNobody() throws Exception {
        jobs.addListener(record -> {
            throw new IllegalStateException("bad listener");
        });
        Job job = jobs.submit(waiting("work", "orders"));
        job.addListener(record -> {
            throw new AssertionError("worse listener");
        });
        gate.countDown();

        assertThat(job.await().status()).isEqualTo(JobStatus.FINISHED);
        assertThat(jobs.submit(waiting("next", "orders")).await().status()).isEqualTo(JobStatus.FINISHED);
        List<JobRecord> late = new ArrayList<>();
        job.addListener(late::add);
        assertThat(late).hasSize(1);
    }

    @Test
    void anExecutorThatRejectsFailsTheJobAndFreesTheDatabase() throws Exception {
        AtomicBoolean rejecting = new AtomicBoolean(true);
        Jobs picky = fixture.open(JobOptions.builder()
                .executor(task -> {
                    if (rejecting.get()) {
                        throw new RejectedExecutionException("full");
                    }
                    new Thread(task).start();
                })
                .build());
        JobRecord refused = picky.submit(waiting("work", "orders")).await();
        rejecting.set(false);
        gate.countDown();

        assertThat(refused.status()).isEqualTo(JobStatus.ERROR);
        assertThat(refused.failure().orElseThrow()).contains("the executor does not take the job", "full");
        assertThat(picky.submit(waiting("work", "orders")).await().status()).isEqualTo(JobStatus.FINISHED);
        picky.close();
    }

    @Test
    void aThreadThatCannotBeMadeFailsTheJobAndFreesTheDatabase() throws Exception {
        AtomicBoolean exhausted = new AtomicBoolean(true);
        Executor threads = task -> {
            if (exhausted.get()) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            new Thread(task).start();
        };
        Jobs tight = fixture.open(JobOptions.builder().executor(threads).build());
        JobRecord refused = tight.submit(waiting("work", "orders")).await();
        exhausted.set(false);
        gate.countDown();

        assertThat(refused.status()).isEqualTo(JobStatus.ERROR);
        assertThat(refused.failure().orElseThrow()).contains("unable to create native thread");
        assertThat(tight.submit(waiting("work", "orders")).await().status()).isEqualTo(JobStatus.FINISHED);
        tight.close();
    }

    @Test
    void namesThatCannotBeListedFailTheJobNotTheQueue() throws Exception {
        Jobs broken = Jobs.open(
                JobOptions.defaults(),
                new JobsFixture() {
                    @Override
                    public Set<String> databaseNames() throws IOException {
                        throw new IOException("no catalog");
                    }
                }.host(JobsFixture.fixedClock()));

        assertThat(broken.submit(JobTask.backupAll()).await().failure()).contains("IOException: no catalog");
        assertThatThrownBy(() -> broken.call(JobScope.holdingAll("backup"), job -> "never"))
                .hasMessage("no catalog");
        assertThat(broken.history(JobQuery.all().status(JobStatus.ERROR))).hasSize(2);
        broken.close();
    }

    @Test
    void nonsenseIsRefusedWithTheValue() {
        assertThatThrownBy(() -> jobs.describe("nobody"))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessageContaining("no job 'nobody'");
        assertThatThrownBy(() -> jobs.cancel("nobody")).isInstanceOf(NoSuchElementException.class);
        assertThatThrownBy(() -> JobTask.of(" ", job -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("' '");
        assertThatThrownBy(() -> JobOptions.builder().concurrency(0)).hasMessageContaining("not 0");
        assertThatThrownBy(() -> JobQuery.all().limit(-1)).hasMessageContaining("not -1");
        assertThatThrownBy(() -> JobQuery.all().created(JobsFixture.START, JobsFixture.START.minusSeconds(1)))
                .hasMessageContaining("ends before it begins");
        assertThatThrownBy(() ->
                        JobOptions.builder().history(JobHistory.inMemory()).history(JobHistory.inMemory()))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatACallThrowsComesThrough() throws InterruptedException, ExecutionException {
        assertThatThrownBy(() -> jobs.call(JobScope.about("call"), job -> {
                    throw new IllegalArgumentException("no such thing");
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no such thing");
        assertThat(jobs.history(JobQuery.all()).get(0).failure()).contains("IllegalArgumentException: no such thing");
    }
}

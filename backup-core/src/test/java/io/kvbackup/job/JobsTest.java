package io.kvbackup.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvbackup.model.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class JobsTest extends GatedJobs {
    @Test
    void aJobGoesFromPendingToFinishedAndTheHistoryKnows() throws Exception {
        List<JobStatus> seen = new ArrayList<>();
        jobs.addListener(record -> seen.add(record.status()));
        Job job = jobs.submit(JobTask.of("reindex", context -> {
            context.onProgress(new Progress(10, 1000, 0.5, Duration.ofSeconds(2)));
            context.result("10 rows");
        }));

        JobRecord ended = job.await();

        assertThat(ended.status()).isEqualTo(JobStatus.FINISHED);
        assertThat(ended.result()).contains("10 rows");
        assertThat(ended.failure()).isEmpty();
        assertThat(ended.kind()).isEqualTo("reindex");
        assertThat(ended.attempt()).isEqualTo(1);
        assertThat(ended.created()).isEqualTo(JobsFixture.START);
        assertThat(ended.state().started()).contains(JobsFixture.START);
        assertThat(ended.state().ended()).contains(JobsFixture.START);
        assertThat(job.progress().bytesPerSecond()).isEqualTo(500);
        assertThat(job.progress().remaining()).contains(Duration.ofSeconds(2));
        assertThat(jobs.history(JobQuery.all())).containsExactly(ended);
        assertThat(jobs.describe(job.id())).isEqualTo(ended);
        await().untilAsserted(() ->
                assertThat(seen).containsExactly(JobStatus.PENDING, JobStatus.RUNNING, JobStatus.FINISHED));
    }

    @Test
    void jobsOfOneDatabaseRunInOrderAndOthersBesideThem() throws Exception {
        Job first = jobs.submit(waiting("first", "orders"));
        Job second = jobs.submit(waiting("second", "orders"));
        Job third = jobs.submit(waiting("third", "orders", "stock"));
        Job other = jobs.submit(waiting("other", "notes"));

        awaitStatus(first, JobStatus.RUNNING);
        awaitStatus(other, JobStatus.RUNNING);
        assertThat(List.of(second.status(), third.status())).containsOnly(JobStatus.PENDING);
        assertThat(jobs.list()).containsExactly(first, second, third, other);
        assertThat(jobs.history(JobQuery.all().status(JobStatus.PENDING)))
                .extracting(JobRecord::kind)
                .containsExactly("third", "second");

        gate.countDown();
        assertThat(third.await().status()).isEqualTo(JobStatus.FINISHED);
        assertThat(second.status()).isEqualTo(JobStatus.FINISHED);
        assertThat(jobs.list()).doesNotContain(first, second, third);
    }

    @Test
    void noMoreRunAtOnceThanThereArePlaces() throws Exception {
        Job first = jobs.submit(waiting("first", "a"));
        Job second = jobs.submit(waiting("second", "b"));
        Job third = jobs.submit(waiting("third", "c"));

        awaitStatus(first, JobStatus.RUNNING);
        awaitStatus(second, JobStatus.RUNNING);
        assertThat(third.status()).isEqualTo(JobStatus.PENDING);
        assertThat(callQuietly("d")).isEqualTo("called");
        gate.countDown();
        assertThat(third.await().status()).isEqualTo(JobStatus.FINISHED);
    }

    @Test
    void aCallWaitsForTheDatabaseAndIsInTheHistory() throws Exception {
        Job first = jobs.submit(waiting("first", "orders"));
        awaitStatus(first, JobStatus.RUNNING);
        CompletableFuture<String> call = CompletableFuture.supplyAsync(() -> callQuietly("orders"));
        await().until(() -> jobs.list().size() == 2);
        assertThat(call).isNotDone();

        gate.countDown();

        assertThat(call.get(10, TimeUnit.SECONDS)).isEqualTo("called");
        assertThat(jobs.history(JobQuery.all().kind("call")))
                .singleElement()
                .satisfies(record -> assertThat(record.result()).contains("called"));
    }

    private String callQuietly(String database) {
        try {
            return jobs.call(JobScope.holding("call", Set.of(database)), job -> {
                job.result("called");
                return "called";
            });
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void callsWithinAJobUseWhatItHolds() throws Exception {
        Job outer = jobs.submit(JobTask.of("outer", job -> {
                    callQuietly("orders");
                    jobs.call(JobScope.holdingAll("inner"), inner -> callQuietly("stock"));
                })
                .holding("orders"));
        Job waiting = jobs.submit(waiting("behind", "orders", "stock"));
        gate.countDown();

        assertThat(outer.await().status()).isEqualTo(JobStatus.FINISHED);
        assertThat(waiting.await().status()).isEqualTo(JobStatus.FINISHED);
        assertThat(jobs.history(JobQuery.all()))
                .filteredOn(record -> record.parent().equals(Optional.of(outer.id())))
                .extracting(JobRecord::kind)
                .containsExactlyInAnyOrder("call", "inner");
    }

    @Test
    void ofTwoJobsThatWouldWaitForEachOtherOneIsRefused() throws Exception {
        CyclicBarrier both = new CyclicBarrier(2);
        Job first = jobs.submit(crossing(both, "orders", "stock"));
        Job second = jobs.submit(crossing(both, "stock", "orders"));

        assertThat(List.of(first.await().status(), second.await().status()))
                .containsExactlyInAnyOrder(JobStatus.FINISHED, JobStatus.ERROR);
        assertThat(jobs.history(JobQuery.all().status(JobStatus.ERROR)))
                .anySatisfy(
                        record -> assertThat(record.failure().orElseThrow()).contains("is held by a job that waits"));
    }

    private JobTask crossing(CyclicBarrier both, String mine, String other) {
        return JobTask.of("crossing", job -> {
                    both.await();
                    callQuietly(other);
                })
                .holding(mine);
    }

    @Test
    void aJobMayWaitForAnotherButNotForOneThatWaitsForIt() throws Exception {
        Jobs narrow = fixture.open(JobOptions.builder().concurrency(1).build());
        Job outer = narrow.submit(JobTask.of("outer", job -> {
                    JobRecord inner =
                            narrow.submit(JobTask.of("inner", context -> {})).await();
                    Job impossible = narrow.submit(JobTask.backup("orders"));
                    try {
                        job.result(inner.status().toString());
                        impossible.await();
                    } finally {
                        impossible.cancel();
                    }
                })
                .holding("orders"));

        assertThat(outer.await().failure().orElseThrow()).contains("would wait for ever");
        assertThat(narrow.history(JobQuery.all().kind("inner")).get(0).status()).isEqualTo(JobStatus.FINISHED);
        narrow.close();
    }

    @Test
    void historiesAreQueriedAndCleared() throws Exception {
        gate.countDown();
        Job good = jobs.submit(waiting("good", "orders"));
        good.await();
        jobs.submit(JobTask.backup("orders")).await();
        jobs.submit(JobTask.backup("stock")).await();

        assertThat(jobs.history(JobQuery.all().database("orders"))).hasSize(2);
        assertThat(jobs.history(JobQuery.all().kind("backup").limit(1))).hasSize(1);
        assertThat(jobs.history(JobQuery.all().id(good.id()))).containsExactly(good.record());
        assertThat(jobs.history(JobQuery.all().created(JobsFixture.START.plusMillis(1), null)))
                .isEmpty();
        assertThat(jobs.history(JobQuery.all().created(JobsFixture.START, JobsFixture.START.plusMillis(1))))
                .hasSize(3);
        assertThat(jobs.clearErrors()).isEqualTo(2);
        assertThat(jobs.history(JobQuery.all())).hasSize(1);
        assertThat(jobs.clearFinished()).isEqualTo(1);
        assertThat(jobs.history(JobQuery.all())).isEmpty();
    }

    @Test
    void manyJobsOfFewDatabasesAllEnd() throws Exception {
        AtomicBoolean[] busy = {new AtomicBoolean(), new AtomicBoolean(), new AtomicBoolean()};
        AtomicBoolean overlapped = new AtomicBoolean();
        gate.countDown();
        List<Job> all = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            int first = i % 3;
            int second = (i / 3) % 3;
            all.add(jobs.submit(JobTask.of("work", job -> {
                        boolean mine = busy[first].compareAndSet(false, true);
                        boolean also = first == second || busy[second].compareAndSet(false, true);
                        overlapped.compareAndSet(false, !(mine && also));
                        busy[first].set(false);
                        busy[second].set(false);
                    })
                    .holding(first == second ? new String[] {"" + first} : new String[] {"" + first, "" + second})));
        }
        for (Job job : all) {
            assertThat(job.await().status()).isEqualTo(JobStatus.FINISHED);
        }
        assertThat(overlapped).isFalse();
    }
}

package io.kvbackup.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SchedulerTest {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    private final SimulatedTime time = new SimulatedTime(NOON.plusSeconds(1));
    private final List<Instant> runs = new ArrayList<>();
    private final List<Instant> slots = new ArrayList<>();
    private final List<Runnable> parked = new ArrayList<>();
    private final AtomicBoolean parking = new AtomicBoolean();
    private final JobHistory history = new MemoryJobHistory(100_000);
    private Jobs jobs;

    @BeforeEach
    void open() throws IOException {
        jobs = open(task -> {
            if (parking.get()) {
                parked.add(task);
            } else {
                task.run();
            }
        });
    }

    private Jobs open(Executor executor) throws IOException {
        JobOptions options = JobOptions.builder()
                .history(history)
                .executor(executor)
                .timer(time)
                .alone(true)
                .build();
        return Jobs.open(options, new JobsFixture().host(time));
    }

    @AfterEach
    void close() throws IOException {
        jobs.closeNow();
    }

    private JobTask recording() {
        return JobTask.of("work", job -> {
            runs.add(time.instant());
            job.slot().ifPresent(slots::add);
        });
    }

    private void schedule(Schedule schedule) {
        jobs.schedule("nightly", schedule, recording());
    }

    private Schedule.Status status() {
        return jobs.schedules().get(0);
    }

    @Test
    void aYearOfHourlyRuns() {
        schedule(Schedule.cron("@hourly"));
        time.pass(Duration.ofDays(365));

        assertThat(runs).hasSize(365 * 24).startsWith(NOON.plus(Duration.ofHours(1)));
        assertThat(new HashSet<>(slots)).hasSize(365 * 24);
        assertThat(slots).isEqualTo(runs);
        assertThat(jobs.history(JobQuery.all().schedule("nightly").status(JobStatus.FINISHED)))
                .hasSize(365 * 24);
    }

    @Test
    void tellsWhenItWillRun() {
        schedule(Schedule.cron("0 2 * * *"));

        assertThat(status().nextRun()).contains(Instant.parse("2026-11-21T02:00:00Z"));
        assertThat(status().schedule().next(NOON, 2))
                .containsExactly(Instant.parse("2026-11-21T02:00:00Z"), Instant.parse("2026-11-22T02:00:00Z"));
        assertThat(status().lastServed()).isEmpty();
        time.pass(Duration.ofDays(1));
        assertThat(status().lastServed()).contains(Instant.parse("2026-11-21T02:00:00Z"));
        assertThat(status().failedAttempts()).isZero();
    }

    @Test
    void jitterDelaysARunButNotItsSlot() {
        schedule(Schedule.every(Duration.ofHours(1)).withJitter(Duration.ofMinutes(10)));
        time.pass(Duration.ofDays(10).plusMinutes(30));

        assertThat(slots).hasSize(240).doesNotHaveDuplicates();
        assertThat(runs).hasSize(240);
        for (int i = 0; i < runs.size(); i++) {
            assertThat(runs.get(i)).isBetween(slots.get(i), slots.get(i).plus(Duration.ofMinutes(10)));
        }
        assertThat(runs).isNotEqualTo(slots);
    }

    @Test
    void runsThatWereMissedWhileTheProcessWasDownAreMadeUpForOnce() throws IOException {
        schedule(Schedule.cron("0 2 * * *"));
        time.pass(Duration.ofDays(2));
        jobs.close();
        time.pass(Duration.ofDays(5));
        jobs = open(Runnable::run);
        assertThat(runs).hasSize(2);

        schedule(Schedule.cron("0 2 * * *"));
        time.pass(Duration.ZERO);

        assertThat(slots).hasSize(3).last().isEqualTo(Instant.parse("2026-11-27T02:00:00Z"));
        time.pass(Duration.ofDays(1));
        assertThat(slots).hasSize(4).last().isEqualTo(Instant.parse("2026-11-28T02:00:00Z"));
    }

    @Test
    void whatWasServedIsKnownAfterTheHistoryWasCleared() throws IOException {
        AtomicBoolean failing = new AtomicBoolean(true);
        JobTask task = JobTask.of("work", job -> {
            if (failing.get()) {
                throw new IOException("not yet");
            }
            recording().run(job, new JobsFixture());
        });
        Schedule hourly = Schedule.every(Duration.ofHours(1)).withRetry(1, Duration.ofSeconds(1));
        jobs.schedule("nightly", hourly, task);
        time.pass(Duration.ofHours(1));
        failing.set(false);
        time.pass(Duration.ofHours(2));
        assertThat(slots).hasSize(2);
        assertThat(jobs.clearFinished()).isEqualTo(1);
        assertThat(jobs.history(JobQuery.all())).hasSize(2);
        jobs.close();

        jobs = open(Runnable::run);
        jobs.schedule("nightly", hourly, task);
        time.pass(Duration.ofMinutes(1));
        assertThat(slots)
                .as("nothing was missed, in spite of the older failure")
                .hasSize(2);
        assertThat(jobs.clearErrors()).isEqualTo(1);
        jobs.close();
        time.pass(Duration.ofHours(5));
        jobs = open(Runnable::run);
        jobs.schedule("nightly", hourly, task);
        time.pass(Duration.ZERO);
        assertThat(slots)
                .as("what was missed is made up for")
                .hasSize(3)
                .last()
                .isEqualTo(NOON.plus(Duration.ofHours(8)));
    }

    @Test
    void aRunThatWasInterruptedIsMadeUpFor() throws IOException {
        parking.set(true);
        schedule(Schedule.cron("0 * * * *"));
        time.pass(Duration.ofHours(1));
        assertThat(parked).hasSize(1);
        jobs.closeNow();
        parking.set(false);
        jobs = open(Runnable::run);

        schedule(Schedule.cron("0 * * * *"));
        time.pass(Duration.ofMinutes(1));

        assertThat(slots).containsExactly(NOON.plus(Duration.ofHours(1)));
    }

    @Test
    void runsThatTakeTooLongAreNotPiledUp() {
        parking.set(true);
        schedule(Schedule.every(Duration.ofHours(1)));
        time.pass(Duration.ofHours(10));
        assertThat(parked).hasSize(1);
        assertThat(status().nextRun()).isEmpty();
        assertThat(status().running()).isPresent();

        parking.set(false);
        parked.remove(0).run();
        time.pass(Duration.ZERO);

        assertThat(slots)
                .as("the one that took so long, and one for the nine missed")
                .containsExactly(NOON.plus(Duration.ofHours(1)), NOON.plus(Duration.ofHours(10)));
        time.pass(Duration.ofHours(1));
        assertThat(slots).hasSize(3);
    }

    @Test
    void aFailingJobIsTriedAgainWithLongerAndLongerPauses() {
        AtomicInteger left = new AtomicInteger(3);
        jobs.schedule("nightly", Schedule.cron("0 2 * * *"), JobTask.of("work", job -> {
            runs.add(time.instant());
            if (left.getAndDecrement() > 0) {
                throw new IOException("not yet");
            }
        }));
        time.pass(Duration.ofDays(1));

        Instant two = Instant.parse("2026-11-21T02:00:00Z");
        assertThat(runs).containsExactly(two, two.plusSeconds(60), two.plusSeconds(180), two.plusSeconds(420));
        assertThat(jobs.history(JobQuery.all())).extracting(JobRecord::attempt).containsExactly(4, 3, 2, 1);
        assertThat(status().failedAttempts()).isZero();
    }

    @Test
    void afterTheLastAttemptTheNextSlotIsTriedAfresh() {
        jobs.schedule(
                "nightly", Schedule.cron("0 2 * * *").withRetry(2, Duration.ofSeconds(10)), JobTask.of("work", job -> {
                    runs.add(time.instant());
                    throw new AssertionError("never");
                }));
        time.pass(Duration.ofDays(2));

        assertThat(runs).hasSize(4);
        assertThat(status().failedAttempts()).isEqualTo(4);
        assertThat(status().nextRun()).contains(Instant.parse("2026-11-23T02:00:00Z"));
    }

    @Test
    void theNextSlotEndsThePause() {
        jobs.schedule(
                "often",
                Schedule.every(Duration.ofMinutes(5)).withRetry(100, Duration.ofMinutes(30)),
                JobTask.of("work", job -> {
                    slots.add(job.slot().orElseThrow());
                    assertThat(job.attempt()).isEqualTo(1);
                    throw new IOException("never");
                }));
        time.pass(Duration.ofMinutes(20));

        assertThat(slots).hasSize(4).doesNotHaveDuplicates();
    }

    @Test
    void aClockThatJumpsForwardsCostsOneRun() {
        schedule(Schedule.every(Duration.ofHours(1)));
        time.pass(Duration.ofHours(2));
        time.jumpTo(NOON.plus(Duration.ofDays(30)).plusSeconds(5));

        assertThat(slots).hasSize(3).last().isEqualTo(NOON.plus(Duration.ofDays(30)));
        time.pass(Duration.ofHours(1));
        assertThat(slots).hasSize(4);
    }

    @Test
    void aClockThatIsSetBackALittleServesNoSlotTwice() {
        schedule(Schedule.every(Duration.ofMinutes(10)));
        time.pass(Duration.ofHours(1));
        time.jumpTo(time.instant().minus(Duration.ofMinutes(45)));
        time.pass(Duration.ofMinutes(45));
        assertThat(slots).hasSize(6).doesNotHaveDuplicates();

        time.pass(Duration.ofHours(1));
        assertThat(slots).hasSize(12).doesNotHaveDuplicates();
    }

    @Test
    void aClockThatWasWrongByMuchIsForgotten() {
        schedule(Schedule.every(Duration.ofHours(1)));
        time.jumpTo(NOON.plus(Duration.ofDays(3650)).plusSeconds(5));
        assertThat(slots).hasSize(1);

        time.jumpTo(NOON.plusSeconds(10));
        time.pass(Duration.ofHours(2));

        assertThat(slots)
                .endsWith(NOON.plus(Duration.ofHours(1)), NOON.plus(Duration.ofHours(2)))
                .hasSize(3);
    }

    @Test
    void aPausedScheduleRestsAndDoesNotCatchUp() {
        schedule(Schedule.every(Duration.ofHours(1)));
        time.pass(Duration.ofHours(1));
        jobs.pause("nightly");
        time.pass(Duration.ofHours(5));
        assertThat(runs).hasSize(1);
        assertThat(status().paused()).isTrue();
        assertThat(status().nextRun()).isEmpty();

        jobs.resume("nightly");
        time.pass(Duration.ofMinutes(30));
        assertThat(runs).hasSize(1);
        time.pass(Duration.ofHours(1));
        assertThat(runs).hasSize(2);
    }

    @Test
    void runNowRunsOnceAndLeavesTheTimesAsTheyAre() throws Exception {
        schedule(Schedule.every(Duration.ofHours(1)));
        jobs.pause("nightly");
        Job job = jobs.runNow("nightly");

        assertThat(job.await().status()).isEqualTo(JobStatus.FINISHED);
        assertThat(job.record().schedule()).contains("nightly");
        assertThat(job.record().slot()).isEmpty();
        assertThat(runs).hasSize(1);
        jobs.resume("nightly");
        time.pass(Duration.ofHours(1));
        assertThat(runs).hasSize(2);
        parking.set(true);
        assertThat(jobs.runNow("nightly")).isSameAs(jobs.runNow("nightly"));
        time.pass(Duration.ofHours(1));
        assertThat(parked).as("the slot waits for the run by hand").hasSize(1);
        parking.set(false);
        parked.remove(0).run();
        time.pass(Duration.ZERO);
        assertThat(runs).hasSize(4);
    }

    @Test
    void anUnscheduledTaskRunsNoMore() {
        schedule(Schedule.every(Duration.ofHours(1)));
        time.pass(Duration.ofHours(1));
        jobs.unschedule("nightly");
        time.pass(Duration.ofHours(5));

        assertThat(runs).hasSize(1);
        assertThat(jobs.schedules()).isEmpty();
        schedule(Schedule.every(Duration.ofHours(1)));
    }

    @Test
    void anExecutorThatRejectsCostsAnAttemptNotTheSchedule() throws IOException {
        AtomicBoolean rejecting = new AtomicBoolean(true);
        Jobs picky = open(task -> {
            if (rejecting.get()) {
                throw new RejectedExecutionException("full");
            }
            task.run();
        });
        picky.schedule("hourly", Schedule.every(Duration.ofHours(1)), recording());
        time.pass(Duration.ofHours(1).plusSeconds(30));
        assertThat(picky.history(JobQuery.all().status(JobStatus.ERROR)))
                .singleElement()
                .satisfies(record -> assertThat(record.failure().orElseThrow()).contains("full"));

        rejecting.set(false);
        time.pass(Duration.ofMinutes(2));

        assertThat(slots).containsExactly(NOON.plus(Duration.ofHours(1)));
        picky.close();
    }

    @Test
    void oneScheduleThatFailsDoesNotHoldUpOthers() {
        for (int i = 0; i < 3; i++) {
            jobs.schedule("bad-" + i, Schedule.every(Duration.ofMinutes(1)), JobTask.of("bad", job -> {
                throw new OutOfMemoryError("as good as any");
            }));
        }
        schedule(Schedule.every(Duration.ofMinutes(1)));
        time.pass(Duration.ofMinutes(10));

        assertThat(runs).hasSize(10);
    }

    @Test
    void nonsenseIsRefusedWithTheValue() throws IOException {
        schedule(Schedule.every(Duration.ofHours(1)));
        assertThatThrownBy(() -> schedule(Schedule.every(Duration.ofHours(1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("there is a schedule 'nightly' already");
        assertThatThrownBy(() -> jobs.schedule("a/b", Schedule.cron("@daily"), recording()))
                .hasMessageContaining("'a/b'");
        for (ThrowingName action :
                List.<ThrowingName>of(jobs::pause, jobs::resume, jobs::unschedule, name -> jobs.runNow(name))) {
            assertThatThrownBy(() -> action.accept("noctly"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("no schedule 'noctly'; there are [nightly]");
        }
        jobs.close();
        assertThatThrownBy(() -> jobs.schedule("late", Schedule.cron("@daily"), recording()))
                .isInstanceOf(IllegalStateException.class);
        time.pass(Duration.ofDays(1));
        assertThat(runs).isEmpty();
    }

    interface ThrowingName {
        void accept(String name);
    }
}

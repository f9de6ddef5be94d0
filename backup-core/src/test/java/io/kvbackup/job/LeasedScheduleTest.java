package io.kvbackup.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.LogLines;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several processes with the same schedule on one store, whose time a test moves. */
@Timeout(30)
class LeasedScheduleTest {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);

    private final SimulatedTime time = new SimulatedTime(NOON.plusSeconds(1));
    private final MemoryStorageClient storage = new MemoryStorageClient();
    private final List<String> served = new ArrayList<>();

    /** A process; it can be paused, and then neither its timer nor its executor do anything. */
    private final class Host {
        final String name;
        final List<Runnable> parked = new ArrayList<>();
        boolean parking;
        final Jobs jobs;

        Host(String name, StorageClient store) throws IOException {
            this.name = name;
            jobs = Jobs.open(
                    JobOptions.builder()
                            .timer(time)
                            .executor(this::run)
                            .keeper(this::run)
                            .build(),
                    new Jobs.Host(
                            new JobsFixture(),
                            "shop",
                            store,
                            time,
                            () -> Duration.between(NOON, time.instant()).toNanos(),
                            Optional.empty()));
        }

        private void run(Runnable task) {
            if (parking) {
                parked.add(task);
            } else {
                task.run();
            }
        }

        Host(String name) throws IOException {
            this(name, storage);
        }

        void schedule(JobTask.Work work) {
            jobs.schedule("hourly", Schedule.every(HOUR), JobTask.of("work", work));
        }

        JobTask.Work recording() {
            return job -> served.add(name + " "
                    + Duration.between(NOON, job.slot().orElseThrow()).toHours());
        }
    }

    @Test
    void eachSlotIsServedByOneOfThem() throws IOException {
        List<Host> hosts = List.of(new Host("a"), new Host("b"), new Host("c"));
        hosts.forEach(host -> host.schedule(host.recording()));
        time.pass(Duration.ofDays(2));

        assertThat(served).hasSize(48);
        assertThat(served.stream().map(text -> text.substring(2)).distinct()).hasSize(48);
        assertThat(hosts.get(1).jobs.schedules().get(0).lastServed()).contains(NOON.plus(Duration.ofDays(2)));
    }

    @Test
    void aHostThatStartsLaterKnowsWhatWasServed() throws IOException {
        Host first = new Host("a");
        first.schedule(first.recording());
        time.pass(HOUR);
        first.jobs.close();
        time.pass(Duration.ofHours(3));

        Host second = new Host("b");
        second.schedule(second.recording());
        time.pass(Duration.ZERO);

        assertThat(served).as("one for the three that were missed").containsExactly("a 1", "b 4");
    }

    @Test
    void theSlotOfAHostThatDiesIsServedByAnother() throws IOException {
        Host dying = new Host("a");
        Host other = new Host("b");
        dying.schedule(job -> {
            dying.parking = true;
            throw new Error("the process dies here");
        });
        // It neither renews its lease nor tries again.
        time.pass(Duration.ofMinutes(30));
        other.schedule(other.recording());
        time.pass(Duration.ofMinutes(30));
        assertThat(served).isEmpty();

        time.pass(Duration.ofMinutes(5));

        assertThat(served).containsExactly("b 1");
    }

    @Test
    void aHostThatWakesUpLateFailsClosed() throws IOException {
        AtomicBoolean wrote = new AtomicBoolean();
        Host sleeper = new Host("a");
        Host other = new Host("b");
        sleeper.schedule(job -> {
            // The whole process stands still here, for long enough that the other one takes over.
            if (job.slot().orElseThrow().equals(NOON.plus(HOUR))) {
                sleeper.parking = true;
                time.pass(Duration.ofMinutes(10));
                sleeper.parking = false;
            }
            job.checkActive();
            wrote.set(true);
        });
        other.schedule(other.recording());
        time.pass(HOUR);

        assertThat(served).containsExactly("b 1");
        assertThat(wrote).isFalse();
        assertThat(sleeper.jobs.history(JobQuery.all())).singleElement().satisfies(record -> {
            assertThat(record.status()).isIn(JobStatus.ERROR, JobStatus.CANCELLED);
            assertThat(record.failure().orElseThrow()).contains("lease");
        });
    }

    @Test
    void aLongRunKeepsItsLease() throws IOException {
        Host slow = new Host("a");
        Host other = new Host("b");
        slow.schedule(job -> {
            time.pass(Duration.ofMinutes(50));
            slow.recording().run(job);
        });
        other.schedule(other.recording());
        time.pass(HOUR);

        assertThat(served).as("renewed by the timer all the while").containsExactly("a 1");
    }

    @Test
    void aFailingHostKeepsTheSlotForItsNextAttempt() throws IOException {
        Host failing = new Host("a");
        Host other = new Host("b");
        failing.schedule(job -> {
            served.add("a try " + job.attempt());
            if (job.attempt() < 3) {
                throw new IOException("not yet");
            }
        });
        other.schedule(other.recording());
        time.pass(HOUR.plusMinutes(20));

        assertThat(served).containsExactly("a try 1", "a try 2", "a try 3");
    }

    private Host failing(String name) throws IOException {
        Host failing = new Host(name);
        failing.schedule(job -> {
            served.add(name + " try " + job.attempt());
            throw new IOException("not yet");
        });
        return failing;
    }

    @Test
    void aScheduleThatIsPausedBetweenAttemptsStandsInNobodysWay() throws IOException {
        Host failing = failing("a");
        Host other = new Host("b");
        other.schedule(other.recording());
        time.pass(HOUR.plusSeconds(30));
        failing.jobs.pause("hourly");
        time.pass(Duration.ofMinutes(5));
        assertThat(served).containsExactly("a try 1", "b 1");

        time.pass(HOUR.multipliedBy(3));

        assertThat(served).containsExactly("a try 1", "b 1", "b 2", "b 3", "b 4");
        assertThat(failing.jobs.schedules().get(0).paused()).isTrue();
    }

    @Test
    void aScheduleThatIsPausedDuringAnAttemptStandsInNobodysWay() throws IOException {
        Host failing = new Host("a");
        failing.schedule(job -> {
            served.add("a try " + job.attempt());
            failing.jobs.pause("hourly");
            throw new IOException("not yet");
        });
        Host other = new Host("b");
        other.schedule(other.recording());
        time.pass(HOUR.multipliedBy(2).plusMinutes(5));

        assertThat(served).containsExactly("a try 1", "b 1", "b 2");
        other.jobs.close();
        failing.jobs.resume("hourly");
        time.pass(HOUR);
        assertThat(served).endsWith("b 2", "a try 1");
    }

    @Test
    void aScheduleThatIsPausedWhileItRunsByHandStandsInNobodysWay() throws IOException {
        Host failing = failing("a");
        Host other = new Host("b");
        other.schedule(other.recording());
        time.pass(HOUR.plusSeconds(30));
        failing.parking = true;
        failing.jobs.runNow("hourly");
        failing.jobs.pause("hourly");
        failing.parking = false;
        failing.parked.remove(0).run();
        time.pass(HOUR);

        assertThat(served).containsExactly("a try 1", "a try 1", "b 1", "b 2");
    }

    @Test
    void aStoreThatIsDownCostsAttemptsAndIsToldInTheHistory() throws IOException {
        AtomicBoolean down = new AtomicBoolean(true);
        Host host = new Host("a", new ForwardingStorageClient(storage) {
            @Override
            public Optional<StorageObject> stat(String key) throws IOException {
                if (down.get()) {
                    throw new IOException("no route to host");
                }
                return super.stat(key);
            }

            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                if (down.get()) {
                    throw new IOException("no route to host");
                }
                return super.upload(key, content, condition);
            }
        });
        host.schedule(host.recording());
        try (LogLines log = new LogLines()) {
            time.pass(HOUR.plusSeconds(30));
            assertThat(log.warnings("schedule hourly, due 2026-11-20T13:00:00Z, attempt 1"))
                    .singleElement()
                    .asString()
                    .contains("no route to host");
        }
        assertThat(host.jobs.history(JobQuery.all().status(JobStatus.ERROR)))
                .singleElement()
                .satisfies(record -> assertThat(record.failure().orElseThrow()).contains("no route to host"));

        down.set(false);
        time.pass(Duration.ofMinutes(5));

        assertThat(served).containsExactly("a 1");
    }

    @Test
    void otherInstancesHaveTimesOfTheirOwn() throws IOException {
        Host host = new Host("a");
        host.schedule(host.recording());
        Jobs stranger = Jobs.open(
                JobOptions.builder()
                        .instance("warehouse")
                        .timer(time)
                        .executor(Runnable::run)
                        .build(),
                new Jobs.Host(new JobsFixture(), "shop", storage, time, System::nanoTime, Optional.empty()));
        stranger.schedule("hourly", Schedule.every(HOUR), JobTask.of("work", job -> served.add("stranger")));
        time.pass(HOUR);

        assertThat(served).containsExactlyInAnyOrder("a 1", "stranger");
    }
}

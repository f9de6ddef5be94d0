package io.kvbackup.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvbackup.format.LeaseRecord;
import io.kvbackup.repository.LeaseStore;
import io.kvbackup.repository.LeaseTime;
import io.kvbackup.repository.Sleeper;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Leases in real time, on an executor that has no thread to spare. */
@Timeout(30)
class LeaseRenewalTest {
    private static final Duration TTL = Duration.ofSeconds(1);

    private final MemoryStorageClient storage = new MemoryStorageClient();
    private final ExecutorService single = Executors.newSingleThreadExecutor();
    private final CountDownLatch gate = new CountDownLatch(1);

    @AfterEach
    void stopThread() {
        single.shutdownNow();
    }

    private Optional<LeaseRecord> lease() throws IOException {
        LeaseTime time = new LeaseTime(Clock.systemUTC(), System::nanoTime, Sleeper.SYSTEM);
        return new LeaseStore(storage, time, new Random(1)).read("schedule-shop-often");
    }

    @Test
    void aLongRunOnTheOnlyThreadKeepsItsLease() throws Exception {
        JobOptions options =
                JobOptions.builder().executor(single).leaseTime(TTL).build();
        Jobs.Host host = new Jobs.Host(
                new JobsFixture(), "shop", storage, Clock.systemUTC(), System::nanoTime, Optional.empty());
        try (Jobs jobs = Jobs.open(options, host)) {
            jobs.schedule(
                    "often",
                    Schedule.every(Duration.ofMillis(50)).withRetry(1, Duration.ofSeconds(1)),
                    JobTask.of("work", job -> {
                        gate.await();
                        job.checkActive();
                    }));
            await().until(() -> lease().isPresent());
            long begin = System.nanoTime();

            await().until(() -> System.nanoTime() - begin > TTL.multipliedBy(3).toNanos());
            jobs.pause("often");
            gate.countDown();

            await().until(() -> jobs.list().isEmpty());
            assertThat(jobs.history(JobQuery.all().schedule("often")))
                    .extracting(JobRecord::status)
                    .containsOnly(JobStatus.FINISHED);
            assertThat(lease().orElseThrow().token()).isEqualTo(1);
        }
    }
}

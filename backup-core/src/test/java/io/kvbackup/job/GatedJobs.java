package io.kvbackup.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** Jobs of which two run at once, and tasks that wait at a gate. */
@Timeout(30)
abstract class GatedJobs {
    final JobsFixture fixture = new JobsFixture();
    final CountDownLatch gate = new CountDownLatch(1);
    Jobs jobs;

    @BeforeEach
    void open() throws IOException {
        jobs = fixture.open(JobOptions.builder().concurrency(2).build());
    }

    @AfterEach
    void close() throws IOException {
        jobs.closeNow();
    }

    JobTask waiting(String name, String... databases) {
        return JobTask.of(name, job -> gate.await()).holding(databases);
    }

    static void awaitStatus(Job job, JobStatus status) {
        await().untilAsserted(() -> assertThat(job.status()).isEqualTo(status));
    }
}

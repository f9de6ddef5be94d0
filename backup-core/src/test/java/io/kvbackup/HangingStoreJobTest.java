package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.job.Job;
import io.kvbackup.job.JobQuery;
import io.kvbackup.job.JobRecord;
import io.kvbackup.job.JobStatus;
import io.kvbackup.job.JobTask;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.fake.FaultyStorageClient;
import io.kvbackup.storage.fake.FaultyStorageClient.Fault;
import io.kvbackup.storage.fake.StorageOperation;
import io.kvbackup.storage.retry.RetryPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A backup that is cancelled while its store does not answer. */
@Timeout(60)
class HangingStoreJobTest {
    private static final Duration DEADLINE = Duration.ofSeconds(2);

    private final CountDownLatch hanging = new CountDownLatch(1);
    private final MemoryStorageClient memory = new MemoryStorageClient();
    private final FaultyStorageClient storage = new FaultyStorageClient(memory, hanging::countDown);
    private BackupManager manager;

    @BeforeEach
    void open() throws IOException {
        manager = BackupManager.builder()
                .storage(storage)
                .retryPolicy(RetryPolicy.defaults().withDeadlines(DEADLINE, DEADLINE.multipliedBy(2)))
                .database(database("orders"))
                .database(database("stock"))
                .build();
    }

    private static Database database(String name) {
        return MapDatabase.builder(name)
                .set("items", new ConcurrentSkipListMap<>(Map.of("a", "1")), Codec.utf8(), Codec.utf8())
                .build();
    }

    @AfterEach
    void close() throws IOException {
        storage.release();
        manager.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"HANG", "HANG_STUBBORNLY"})
    void aCancelledBackupEndsWithItsDeadlineAndOthersGoOn(Fault fault) throws Exception {
        storage.next(StorageOperation.UPLOAD, fault);
        Job stuck = manager.jobs().submit(JobTask.backup("orders"));
        hanging.await();

        JobRecord other = manager.jobs().submit(JobTask.backup("stock")).await();
        assertThat(other.status()).isEqualTo(JobStatus.FINISHED);
        assertThat(stuck.status()).isEqualTo(JobStatus.RUNNING);
        assertThat(stuck.cancel()).isTrue();

        assertThat(stuck.await(DEADLINE.multipliedBy(2)))
                .get()
                .extracting(JobRecord::status)
                .isEqualTo(JobStatus.CANCELLED);
        JobRecord remembered =
                manager.jobs().history(JobQuery.all().id(stuck.id())).get(0);
        assertThat(remembered.status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(remembered.failure()).contains("cancelled on request");
        try (Stream<StorageObject> left = memory.list("backups/orders/")) {
            assertThat(left).isEmpty();
        }
        JobRecord next = manager.jobs().submit(JobTask.backup("orders")).await();
        assertThat(next.status()).as("the database is free again").isEqualTo(JobStatus.FINISHED);
    }
}

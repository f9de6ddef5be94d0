package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.job.Job;
import io.kvbackup.job.JobRecord;
import io.kvbackup.job.JobStatus;
import io.kvbackup.job.JobTask;
import io.kvbackup.model.Backup;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What comes of jobs reaches those who wait for it, and scheduled backups take options. */
@Timeout(30)
class JobResultTest {
    private final MemoryStorageClient second = new MemoryStorageClient();
    private BackupManager manager;

    @BeforeEach
    void open() throws IOException {
        manager = BackupManager.builder()
                .storage(new MemoryStorageClient())
                .database(MapDatabase.builder("orders")
                        .set("items", new ConcurrentHashMap<>(Map.of("a", "1")), Codec.utf8(), Codec.utf8())
                        .build())
                .build();
    }

    @AfterEach
    void close() throws IOException {
        manager.close();
    }

    @Test
    void aBackupTaskTakesTagsAndSecondStores() throws Exception {
        BackupOptions options =
                BackupOptions.builder().tag("nightly").alsoTo("offsite", second).build();

        String name =
                manager.jobs().submit(manager.backupTask("orders", options)).awaitResult();

        assertThat(manager.listBackups("orders")).singleElement().satisfies(backup -> {
            assertThat(backup.objectName()).isEqualTo(name);
            assertThat(backup.tags()).containsExactly("nightly");
        });
        assertThat(second.stat(name)).isPresent();
    }

    @Test
    void aBackupTaskOfAllDatabasesHoldsThemAll() throws Exception {
        JobTask task = manager.backupTask(
                Backup.ALL_DATABASES, BackupOptions.builder().tag("all").build());

        JobRecord record = manager.jobs().submit(task).toFuture().get(20, TimeUnit.SECONDS);

        assertThat(record.status()).isEqualTo(JobStatus.FINISHED);
        assertThat(manager.listBackups(Backup.ALL_DATABASES))
                .singleElement()
                .satisfies(backup -> assertThat(backup.tags()).containsExactly("all"));
    }

    @Test
    void whoeverWaitsForAFailedJobIsTold() throws Exception {
        Job job = manager.jobs().submit(JobTask.of("export", running -> {
            throw new IOException("the disk is full");
        }));

        assertThatThrownBy(job::awaitResult)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("export")
                .hasMessageContaining("the disk is full");
        assertThatThrownBy(() -> job.toFuture().get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void aFutureThatIsCancelledCancelsItsJob() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        Job job = manager.jobs().submit(JobTask.of("wait", running -> {
            begun.countDown();
            new CountDownLatch(1).await();
        }));
        CompletableFuture<JobRecord> future = job.toFuture();
        begun.await();

        assertThat(future.cancel(true)).isTrue();

        assertThat(job.await().status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(future).isCancelled();
        assertThatThrownBy(job::awaitResult).isInstanceOf(CancellationException.class);
    }

    @Test
    void aBackupIsDescribedOnOneLine() throws Exception {
        Backup backup = manager.backupDatabase(
                "orders", BackupOptions.builder().tag("x").build());

        assertThat(manager.describe(backup.objectName()).toString())
                .startsWith(backup.objectName() + " (FULL, ")
                .contains("bytes")
                .contains("tags [x]")
                .endsWith("1 entries)")
                .doesNotContain("\n");
    }
}

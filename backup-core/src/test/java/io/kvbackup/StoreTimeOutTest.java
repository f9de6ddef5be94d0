package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.job.JobQuery;
import io.kvbackup.job.JobRecord;
import io.kvbackup.job.JobStatus;
import io.kvbackup.model.Backup;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.retry.RetryPolicy;
import io.kvbackup.verify.VerifyDueOptions;
import io.kvbackup.verify.VerifyDueReport;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A store that times out has failed; nobody has interrupted anything. */
class StoreTimeOutTest {
    private final TestClock clock = new TestClock(Instant.parse("2026-11-20T12:00:00Z"));
    private final TimingOutStorage storage = new TimingOutStorage(new MemoryStorageClient());
    private BackupManager manager;

    @BeforeEach
    void open() throws IOException {
        manager = BackupManager.builder()
                .storage(storage)
                .clock(clock)
                .retryPolicy(RetryPolicy.defaults().withAttempts(1))
                .database(database("orders"))
                .database(database("stock"))
                .build();
    }

    @AfterEach
    void close() throws IOException {
        manager.close();
    }

    private static Database database(String name) {
        return MapDatabase.builder(name)
                .set("items", new ConcurrentSkipListMap<>(Map.of("a", "1")), Codec.utf8(), Codec.utf8())
                .build();
    }

    @Test
    void oneDueBackupThatTimesOutDoesNotStopTheRest() throws IOException {
        Backup orders = manager.backupDatabase("orders");
        clock.advanceSeconds(60);
        Backup stock = manager.backupDatabase("stock");
        clock.advanceSeconds(60);
        storage.timeOutDownloadsOf(stock.objectName());

        VerifyDueReport report = manager.verifyDue(
                VerifyDueOptions.builder().notVerifiedFor(Duration.ZERO).build());

        assertThat(report.passed())
                .extracting(each -> each.backup().objectName())
                .containsExactly(orders.objectName());
        assertThat(report.failed())
                .extracting(failure -> failure.backup().objectName(), VerifyDueReport.Failure::damaged)
                .containsExactly(org.assertj.core.api.Assertions.tuple(stock.objectName(), false));
    }

    @Test
    void aJobThatTimesOutHasFailedAndHealthKnowsIt() {
        storage.timeOutNextListings(1);

        assertThatThrownBy(() -> manager.backupDatabase("orders")).isInstanceOf(SocketTimeoutException.class);

        assertThat(manager.jobs().history(JobQuery.all().status(JobStatus.ERROR)))
                .extracting(JobRecord::kind)
                .containsExactly("backup");
    }

    @Test
    void healthReportsAStoreThatTimesOut() throws IOException {
        storage.timeOutNextListings(1);

        assertThat(manager.health().storeProblem())
                .hasValueSatisfying(problem -> assertThat(problem).contains("listing timed out"));
    }

    @Test
    void aStoreThatTimesOutDoesNotKeepTheOthersFromTheBackup() throws IOException {
        TimingOutStorage offsite = new TimingOutStorage(new MemoryStorageClient());
        offsite.timeOutNextListings(1);

        Backup backup = manager.backupDatabase(
                "orders", BackupOptions.builder().alsoTo("offsite", offsite).build());

        assertThat(storage.stat(backup.objectName())).isPresent();
    }
}

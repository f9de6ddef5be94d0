package io.kvbackup.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.BackupManager;
import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.job.JobQuery;
import io.kvbackup.job.JobRecord;
import io.kvbackup.job.JobStatus;
import io.kvbackup.job.Schedule;
import io.kvbackup.model.Backup;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScheduledBackupsTest {
    @TempDir
    private Path folder;

    @Test
    void backupsByScheduleByHandAndInTheHistory() throws Exception {
        Database orders = MapDatabase.builder("orders")
                .set("items", new ConcurrentHashMap<>(Map.of("a", "apple")), Codec.utf8(), Codec.utf8())
                .build();
        String storage = folder.resolve("store").toUri().toString();
        try (BackupManager manager = ScheduledBackups.open(storage, orders, folder.resolve("history"))) {
            JobRecord backup = ScheduledBackups.byHand(manager);

            assertThat(backup.status()).isEqualTo(JobStatus.FINISHED);
            assertThat(manager.listBackups("orders"))
                    .extracting(Backup::objectName)
                    .contains(backup.result().orElseThrow());
            assertThat(ScheduledBackups.lookBack(manager)).isEmpty();
            assertThat(manager.listBackups(Backup.ALL_DATABASES)).hasSize(1);
            assertThat(manager.jobs().schedules())
                    .extracting(Schedule.Status::name)
                    .containsExactly("nightly", "often", "drills");
            assertThat(manager.health().nextRuns()).containsOnlyKeys("nightly", "drills");
        }
        try (BackupManager again = ScheduledBackups.open(storage, orders, folder.resolve("history"))) {
            assertThat(again.jobs().history(JobQuery.all().kind("export"))).hasSize(1);
        }
    }
}

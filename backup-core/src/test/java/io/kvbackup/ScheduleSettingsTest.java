package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.job.JobRecord;
import io.kvbackup.job.JobStatus;
import io.kvbackup.job.Schedule;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.storage.MemoryStorageClient;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleSettingsTest {
    private final MemoryStorageClient store = new MemoryStorageClient();
    private final ConcurrentMap<String, String> items = new ConcurrentSkipListMap<>(Map.of("a", "1"));

    private BackupManagerBuilder builder() {
        BackupManagerBuilder builder = BackupManager.builder().storage(store);
        for (String name : new String[] {"orders", "stock"}) {
            builder.database(MapDatabase.builder(name)
                    .set("items", items, Codec.utf8(), Codec.utf8())
                    .build());
        }
        return builder;
    }

    private BackupManagerBuilder with(String... namesAndValues) {
        Properties properties = new Properties();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            properties.setProperty(namesAndValues[i], namesAndValues[i + 1]);
        }
        return builder().properties(properties);
    }

    @Test
    void aScheduleBacksUpPrunesAndVerifies() throws Exception {
        try (BackupManager manager = with(
                        "kvbackup.schedule.nightly",
                        "cron 0 2 * * * zone Europe/Berlin; backup all; keep last 1; verify older 1s level stored")
                .build()) {
            assertThat(manager.jobs().schedules())
                    .extracting(Schedule.Status::name)
                    .containsExactly("nightly");
            manager.backupAllDatabases();
            JobRecord run = manager.jobs().runNow("nightly").await();

            assertThat(run.failure()).isEmpty();
            assertThat(run.status()).isEqualTo(JobStatus.FINISHED);
            assertThat(run.kind()).isEqualTo("backup");
            Backup kept = manager.listBackups(Backup.ALL_DATABASES).get(0);
            assertThat(manager.listBackups()).as("pruned").hasSize(1);
            assertThat(run.result()).contains(kept.objectName());
            assertThat(kept.marks().verifications()).as("verified").isNotEmpty();
        }
    }

    @Test
    void databasesAreNamedAndAnUnchangedOneIsPassedOver() throws Exception {
        try (BackupManager manager = builder()
                .environment(Map.of(
                        "KVBACKUP_SCHEDULE_EVERY_HOUR",
                        "every 1h jitter 5m; backup orders, stock incremental if changed"))
                .build()) {
            manager.jobs().runNow("every-hour").await();
            items.put("b", "2");
            manager.jobs().runNow("every-hour").await();
            manager.jobs().runNow("every-hour").await();
            assertThat(manager.listBackups())
                    .hasSize(4)
                    .extracting(Backup::kind)
                    .containsOnly(BackupKind.INCREMENTAL);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "backup all|must start with 'cron' or 'every'",
                "cron 0 2 * * *|must say when, and then what",
                "daily; backup all|must start with 'cron' or 'every'",
                "cron 0 2; backup all|0 2",
                "every day; backup all|'day' is no time",
                "every 1h zone; backup all|missing after 'zone'",
                "cron 0 2 * * * zone Mars; backup all|'Mars' is no time zone",
                "every 1h; backup|needs the names of databases, or 'all'",
                "every 1h; backup oders|did you mean 'orders'?",
                "every 1h; backup all if needed|after 'if' comes 'changed'",
                "every 1h; keep daily|missing after 'daily'",
                "every 1h; keep daily x|'x' is no number",
                "every 1h; keep fortnightly 2|'keep fortnightly' is unknown",
                "every 1h; verify level best|'best' is no level",
                "every 1h; verify rate fast|'fast' is no number of bytes",
                "every 1h; restore all|'restore' is unknown"
            })
    void whatMakesNoSenseIsRefusedByName(String text, String why) {
        assertThatThrownBy(() -> with("kvbackup.Schedule.nightly", text).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("setting kvbackup.Schedule.nightly is '" + text + "'", why);
    }

    @Test
    void aPausedScheduleRestsAfterARestartUntilItIsResumed(@TempDir Path folder) throws Exception {
        BackupManagerBuilder[] builders = new BackupManagerBuilder[4];
        for (int i = 0; i < builders.length; i++) {
            builders[i] = with(
                    "kvbackup.schedule.nightly",
                    "cron 0 2 * * *; backup all",
                    "kvbackup.jobs.history-folder",
                    folder.toString());
        }
        try (BackupManager manager = builders[0].build()) {
            manager.jobs().pause("nightly");
        }
        try (BackupManager manager = builders[1].build()) {
            assertThat(manager.jobs().schedules()).allMatch(Schedule.Status::paused);
            manager.jobs().resume("nightly");
        }
        try (BackupManager manager = builders[2].build()) {
            assertThat(manager.jobs().schedules()).noneMatch(Schedule.Status::paused);
            manager.jobs().pause("nightly");
            manager.jobs().unschedule("nightly");
        }
        try (BackupManager manager = builders[3].build()) {
            assertThat(manager.jobs().schedules()).noneMatch(Schedule.Status::paused);
        }
    }
}

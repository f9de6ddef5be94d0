package io.kvbackup.examples;

import io.kvbackup.BackupManager;
import io.kvbackup.database.Database;
import io.kvbackup.job.Job;
import io.kvbackup.job.JobOptions;
import io.kvbackup.job.JobQuery;
import io.kvbackup.job.JobRecord;
import io.kvbackup.job.JobStatus;
import io.kvbackup.job.JobTask;
import io.kvbackup.job.Jobs;
import io.kvbackup.job.Schedule;
import io.kvbackup.model.VerifyLevel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Leaves backups alone: schedules, jobs and their history. */
final class ScheduledBackups {
    private ScheduledBackups() {}

    static BackupManager open(String storage, Database orders, Path historyFolder) throws IOException {
        // region jobs-open
        BackupManager manager = BackupManager.builder()
                .storage(storage)
                .database(orders)
                .jobs(JobOptions.builder().historyFolder(historyFolder).build()) // survives restarts
                .build();
        Jobs jobs = manager.jobs();
        jobs.schedule("nightly", Schedule.cron("0 2 * * *"), JobTask.backupAll()); // 02:00 UTC
        jobs.schedule(
                "often",
                Schedule.every(Duration.ofHours(1)).withJitter(Duration.ofMinutes(5)),
                JobTask.backup("orders"));
        jobs.schedule(
                "drills",
                Schedule.cron("@weekly"),
                JobTask.verifyDue(VerifyLevel.DRILL, Duration.ofDays(30))); // restores what was not tried for a month
        // endregion
        return manager;
    }

    static JobRecord byHand(BackupManager manager) throws InterruptedException {
        // region jobs-submit
        Job job = manager.jobs().submit(JobTask.backup("orders")); // does not wait
        job.addListener(record -> System.out.println(record.kind() + " is " + record.status()));
        JobRecord ended = job.await(); // or job.cancel()
        System.out.println(ended.result().orElseGet(() -> ended.failure().orElse("")));

        Job own = manager.jobs().submit(JobTask.of("export", context -> {
            manager.backupDatabase("orders"); // a job within the job
            context.result("exported");
        }));
        // endregion
        own.await();
        return ended;
    }

    static List<JobRecord> lookBack(BackupManager manager) throws InterruptedException {
        // region jobs-history
        Jobs jobs = manager.jobs();
        List<JobRecord> failures =
                jobs.history(JobQuery.all().status(JobStatus.ERROR).limit(10)); // youngest first
        jobs.schedules()
                .forEach(schedule -> System.out.println(schedule.name() + " runs next at "
                        + schedule.nextRun().map(Object::toString).orElse("no time")));
        jobs.runNow("nightly").await();
        jobs.pause("often"); // until resume("often"); unschedule("often") ends it
        jobs.clearErrors();
        // endregion
        return failures;
    }
}

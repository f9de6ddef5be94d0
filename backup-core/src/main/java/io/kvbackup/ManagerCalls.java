package io.kvbackup;

import io.kvbackup.event.JobEvents;
import io.kvbackup.host.ManagerContext;
import io.kvbackup.job.JobOptions;
import io.kvbackup.job.JobScope;
import io.kvbackup.job.Jobs;
import io.kvbackup.repository.BackupName;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;

/** Does what a manager is called for as jobs, each with the databases that it needs for itself. */
record ManagerCalls(Jobs jobs) {
    /** Opens the jobs; if that fails, closes what the manager made itself. */
    static ManagerCalls open(
            ManagerContext context,
            JobOptions options,
            Optional<Executor> executor,
            JobEvents events,
            Jobs.Operations operations)
            throws IOException {
        try {
            Jobs jobs = Jobs.open(
                    options,
                    new Jobs.Host(
                            operations,
                            context.databases().fingerprint(),
                            context.storage(),
                            context.clock(),
                            context.nanoTime(),
                            executor));
            events.opened();
            jobs.addListener(events);
            return new ManagerCalls(jobs);
        } catch (IOException | RuntimeException e) {
            try {
                context.close();
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    /** Work for which one database must be free. */
    <T> T holding(String kind, String database, Jobs.Call<T> work) throws IOException {
        return jobs.call(JobScope.holding(kind, Set.of(database)), work);
    }

    /** Work for which all databases must be free. */
    <T> T holdingAll(String kind, Jobs.Call<T> work) throws IOException {
        return jobs.call(JobScope.holdingAll(kind), work);
    }

    /** Work on one backup that touches no live database; the job's result is the backup's name. */
    <T> T onBackup(String kind, String objectName, Jobs.Call<T> work) throws IOException {
        JobScope scope = BackupName.parse(objectName)
                .map(name -> JobScope.about(kind, name.database()))
                .orElse(JobScope.about(kind));
        return jobs.call(scope, job -> {
            T done = work.run(job);
            job.result(objectName);
            return done;
        });
    }

    /** Work on the store that touches no live database. */
    <T> T onStore(String kind, Jobs.Call<T> work) throws IOException {
        return jobs.call(JobScope.about(kind), work);
    }
}

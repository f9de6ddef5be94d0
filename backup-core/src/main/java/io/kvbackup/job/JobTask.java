package io.kvbackup.job;

import io.kvbackup.model.Backup;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Work that can be {@linkplain Jobs#submit submitted} as a job and {@linkplain Jobs#schedule scheduled}, any number of times.
 * Immutable.
 */
public final class JobTask {
    /** The work, given what a manager can do. */
    interface Body {
        void run(JobContext job, BackupOperations operations) throws Exception;
    }

    private final JobScope scope;
    private final Body body;

    private JobTask(JobScope scope, Body body) {
        this.scope = scope;
        this.body = body;
    }

    /** Backs up one database. Its result is the name of the backup. */
    public static JobTask backup(String database) {
        Objects.requireNonNull(database, "database");
        return new JobTask(
                JobScope.holding("backup", Set.of(database)),
                (job, operations) -> job.result(operations.backup(database, job).objectName()));
    }

    /** Backs up all databases that exist when it runs, into one archive. Its result is the name of the backup. */
    public static JobTask backupAll() {
        return new JobTask(
                JobScope.holdingAll("backup"),
                (job, operations) -> job.result(operations.backupAll(job).objectName()));
    }

    /** Restores a backup of one database to where it came from. Its result is the name of the backup. */
    public static JobTask restore(String objectName) {
        Objects.requireNonNull(objectName, "objectName");
        String[] path = objectName.split("/", -1);
        String folder = path.length == 3 ? path[1] : Backup.ALL_DATABASES;
        return new JobTask(
                JobScope.holding("restore", folder.equals(Backup.ALL_DATABASES) ? Set.of() : Set.of(folder)),
                (job, operations) ->
                        job.result(operations.restore(objectName, job).objectName()));
    }

    /** Restores every database that a backup holds. Its result is the name of the backup. */
    public static JobTask restoreAll(String objectName) {
        Objects.requireNonNull(objectName, "objectName");
        return new JobTask(
                JobScope.holdingAll("restore"),
                (job, operations) ->
                        job.result(operations.restoreAll(objectName, job).objectName()));
    }

    /** Restores the newest backup of a database. Its result is the name of that backup. */
    public static JobTask restoreLatest(String database) {
        return new JobTask(JobScope.holding("restore", Set.of(database)), (job, operations) -> {
            Optional<Backup> restored = operations.restoreLatest(database, job);
            job.result(restored.map(Backup::objectName).orElse("the store holds no backup of " + database));
        });
    }

    /**
     * Work of the host's own, which the history knows by this name.
     *
     * @throws IllegalArgumentException if the name is blank or longer than 100 characters
     */
    public static JobTask of(String name, JobWork work) {
        Objects.requireNonNull(work, "work");
        return new JobTask(JobScope.about(name), (job, operations) -> work.run(job));
    }

    /** The same task, filed under these databases; while it runs, it holds them. */
    public JobTask holding(String... databases) {
        return new JobTask(JobScope.holding(scope.kind(), Set.of(databases)), body);
    }

    JobScope scope() {
        return scope;
    }

    void run(JobContext job, BackupOperations operations) throws Exception {
        body.run(job, operations);
    }

    @Override
    public String toString() {
        return scope.toString();
    }
}

package io.kvbackup.job;

import io.kvbackup.model.Backup;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.retention.RetentionPolicy;
import io.kvbackup.storage.StorageClient;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Work that can be {@linkplain Jobs#submit submitted} as a job and {@linkplain Jobs#schedule scheduled}, any number of
 * times. Immutable.
 */
public final class JobTask {
    /** The work, given what a manager can do. */
    interface Body {
        void run(JobContext job, Jobs.Operations operations) throws Exception;
    }

    private final JobScope scope;
    private final Body body;

    /** The database that the host must know, if it is one. */
    private final Optional<String> database;

    private JobTask(JobScope scope, Body body) {
        this(scope, body, Optional.empty());
    }

    private JobTask(JobScope scope, Body body, Optional<String> database) {
        this.scope = scope;
        this.body = body;
        this.database = database;
    }

    /** Backs up one database. Its result is the name of the backup. */
    public static JobTask backup(String database) {
        Objects.requireNonNull(database, "database");
        return new JobTask(
                JobScope.holding("backup", Set.of(database)),
                (job, operations) -> job.result(operations.backup(database, job).objectName()),
                Optional.of(database));
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
        Set<String> touched = folder(objectName)
                .filter(name -> !name.equals(Backup.ALL_DATABASES))
                .map(Set::of)
                .orElse(Set.of());
        return new JobTask(
                JobScope.holding("restore", touched),
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
        return new JobTask(
                JobScope.holding("restore", Set.of(database)),
                (job, operations) -> {
                    Optional<Backup> restored = operations.restoreLatest(database, job);
                    job.result(restored.map(Backup::objectName).orElse("the store holds no backup of " + database));
                },
                Optional.of(database));
    }

    /**
     * Removes the backups that a policy does not keep, and what dead processes have left, as a plan made when it runs
     * says.
     */
    public static JobTask prune(RetentionPolicy policy) {
        Objects.requireNonNull(policy, "policy");
        return new JobTask(JobScope.about("prune"), (job, operations) -> job.result(operations.prune(policy, job)));
    }

    /** Verifies one backup. */
    public static JobTask verify(String objectName, VerifyLevel level) {
        Objects.requireNonNull(level, "level");
        return new JobTask(
                aboutBackup("verify", objectName),
                (job, operations) -> job.result(operations.verify(objectName, level, job)));
    }

    /**
     * Verifies, as far as the level says, every backup that was not verified for so long. Fails if one does not pass.
     */
    public static JobTask verifyDue(VerifyLevel level, Duration notFor) {
        return verifyDue(level, notFor, Long.MAX_VALUE, Optional.empty());
    }

    /**
     * Verifies as {@link #verifyDue(VerifyLevel, Duration)} does, within limits; what is left is due the next time.
     *
     * @param bytesPerSecond how fast archives are read, at least 1
     * @param atMost how long all of it may take, longer than zero
     */
    public static JobTask verifyDue(VerifyLevel level, Duration notFor, long bytesPerSecond, Duration atMost) {
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException("bytesPerSecond must be at least 1, not " + bytesPerSecond);
        }
        if (atMost.isNegative() || atMost.isZero()) {
            throw new IllegalArgumentException("atMost must be longer than zero, not " + atMost);
        }
        return verifyDue(level, notFor, bytesPerSecond, Optional.of(atMost));
    }

    private static JobTask verifyDue(
            VerifyLevel level, Duration notFor, long bytesPerSecond, Optional<Duration> atMost) {
        Objects.requireNonNull(level, "level");
        if (notFor.isNegative()) {
            throw new IllegalArgumentException("notFor must not be negative: " + notFor);
        }
        return new JobTask(
                JobScope.about("verify-due"),
                (job, operations) -> job.result(operations.verifyDue(level, notFor, bytesPerSecond, atMost, job)));
    }

    /** Copies a backup into another store, which stays open. Its result is the name of the backup. */
    public static JobTask copy(String objectName, StorageClient target) {
        Objects.requireNonNull(target, "target");
        return new JobTask(aboutBackup("copy", objectName), (job, operations) -> {
            operations.copy(objectName, target, job);
            job.result(objectName);
        });
    }

    private static JobScope aboutBackup(String kind, String objectName) {
        return folder(objectName).map(name -> JobScope.about(kind, name)).orElse(JobScope.about(kind));
    }

    /** Where a backup is filed: the name of its database, or that for all databases. */
    private static Optional<String> folder(String objectName) {
        String[] path = objectName.split("/", -1);
        return path.length == 3 ? Optional.of(path[1]) : Optional.empty();
    }

    /**
     * Work of the host's own, which the history knows by this name.
     *
     * @throws IllegalArgumentException if the name is blank or longer than 100 characters
     */
    public static JobTask of(String name, Work work) {
        Objects.requireNonNull(work, "work");
        return new JobTask(JobScope.about(name), (job, operations) -> work.run(job));
    }

    /** The same task, filed under these databases; while it runs, it holds them. */
    public JobTask holding(String... databases) {
        return new JobTask(JobScope.holding(scope.kind(), Set.of(databases)), body, database);
    }

    /** The same task, for which all databases are held. */
    public JobTask holdingAll() {
        return new JobTask(JobScope.holdingAll(scope.kind()), body, database);
    }

    Optional<String> database() {
        return database;
    }

    JobScope scope() {
        return scope;
    }

    void run(JobContext job, Jobs.Operations operations) throws Exception {
        body.run(job, operations);
    }

    @Override
    public String toString() {
        return scope.toString();
    }

    /** The work of a host's own task. */
    @FunctionalInterface
    public interface Work {
        /**
         * Does it, on a thread that is interrupted when the job is cancelled. Calls of the manager from this thread are
         * jobs of their own within this one, and may use the databases that it holds.
         *
         * @throws Exception to fail; its message is what the history will say
         */
        void run(JobContext job) throws Exception;
    }
}

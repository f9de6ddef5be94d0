package io.kvbackup;

import io.kvbackup.job.BackupOperations;
import io.kvbackup.job.JobContext;
import io.kvbackup.model.Backup;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** What a manager can do, for the tasks that it does as jobs. */
record ManagerOperations(DatabaseRegistry databases, Backups backups, Restores restores) implements BackupOperations {
    @Override
    public Set<String> databaseNames() throws IOException {
        return databases.names();
    }

    @Override
    public Backup backup(String database, JobContext job) throws IOException {
        return backups.one(database, BackupOptions.defaults(), job);
    }

    @Override
    public Backup backupAll(JobContext job) throws IOException {
        return backups.all(BackupOptions.defaults(), job);
    }

    @Override
    public Backup restore(String objectName, JobContext job) throws IOException {
        return restores.one(objectName, RestoreOptions.defaults(), job);
    }

    @Override
    public Backup restoreAll(String objectName, JobContext job) throws IOException {
        return restores.all(objectName, RestoreOptions.defaults(), job);
    }

    @Override
    public Optional<Backup> restoreLatest(String database, JobContext job) throws IOException {
        return restores.latest(database, RestoreOptions.defaults(), job);
    }
}

package io.kvbackup.job;

import io.kvbackup.model.Backup;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.retention.RetentionPolicy;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * The work behind the built-in tasks, as the manager does it; hosts have no need of it. All methods block, throw what
 * the manager's methods of the same names throw, tell the job how far they are, and hold the databases that they touch.
 */
public interface BackupOperations {
    /** The databases that exist now. */
    Set<String> databaseNames() throws IOException;

    /** @throws IllegalArgumentException if there can be no database of that name */
    void requireKnowable(String database);

    Backup backup(String database, JobContext job) throws IOException;

    Backup backupAll(JobContext job) throws IOException;

    Backup restore(String objectName, JobContext job) throws IOException;

    Backup restoreAll(String objectName, JobContext job) throws IOException;

    /** Empty if the store holds none. */
    Optional<Backup> restoreLatest(String database, JobContext job) throws IOException;

    /** Says which backup was verified, and how much was found. */
    String verify(String objectName, VerifyLevel level, JobContext job) throws IOException;

    /**
     * Verifies what was not verified for so long.
     *
     * @param bytesPerSecond how fast at most, or {@link Long#MAX_VALUE}
     * @param atMost how long all of it may take
     * @return what was verified
     * @throws IOException if some did not pass
     */
    String verifyDue(VerifyLevel level, Duration notFor, long bytesPerSecond, Optional<Duration> atMost, JobContext job)
            throws IOException;

    void copy(String objectName, StorageClient target, JobContext job) throws IOException;

    /** Plans and prunes; says what was removed. */
    String prune(RetentionPolicy policy, JobContext job) throws IOException;
}

package io.kvbackup.event;

import io.kvbackup.job.JobStatus;
import io.kvbackup.model.Backup;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Says that some work of a manager has begun or ended.
 *
 * @param job the id of the job; the same in all events of one
 * @param kind {@code backup}, {@code restore}, {@code verify}, {@code prune}, {@code copy}, {@code delete}, …, or the
 *     name of a task of the host
 * @param databases the databases that the work is about; several for a backup of all of them,
 *     {@link Backup#ALL_DATABASES} if only the name of such a backup is known
 * @param status {@link JobStatus#RUNNING} at the beginning, one of the final states at the end
 * @param at when
 * @param took from beginning to end; zero at the beginning
 * @param entries that have passed
 * @param bytes of keys and values that have passed, or of archives if the work does not look at entries
 * @param text the result of finished work, for most kinds the name of the backup; the reason why work failed or was
 *     cancelled
 */
public record BackupEvent(
        String job,
        String kind,
        Set<String> databases,
        JobStatus status,
        Instant at,
        Duration took,
        long entries,
        long bytes,
        Optional<String> text) {
    public BackupEvent {
        Objects.requireNonNull(job, "job");
        Objects.requireNonNull(kind, "kind");
        databases = Collections.unmodifiableSet(new TreeSet<>(databases));
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(took, "took");
        Objects.requireNonNull(text, "text");
    }

    /** One word for the databases: the name if there is only one, otherwise {@code full}. */
    public String database() {
        return databases.size() == 1 ? databases.iterator().next() : databases.isEmpty() ? "" : Backup.ALL_DATABASES;
    }
}

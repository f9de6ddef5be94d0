package io.kvbackup.health;

import io.kvbackup.model.Backup;
import io.kvbackup.model.Verification;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How well one database is backed up.
 *
 * @param database its name
 * @param live whether the host has it now; otherwise only the store knows it
 * @param newest the newest confirmed backup that holds it, of it alone or of all databases; empty if there is none. A
 *     backup with an incredible time stamp counts only if there is no other
 * @param age of that backup's snapshot; zero if its stamp is ahead of the clock, see {@link Health#warnings}
 * @param lastVerification when one of its backups last passed a verification that read all of it
 * @param lastDrill when one of its backups last passed a drill
 * @param damaged the newest backup that is known as damaged ({@link io.kvbackup.model.BackupMarks#isDamaged()}), if
 *     there is one
 * @param newestGood the newest backup that is not known as damaged and has a credible time stamp: the best one for
 *     {@code restoreLatest}; empty if there is none
 * @param doubtful names of backups whose stamp is more than {@link Backup#CLOCK_SKEW} ahead of the store's clock, or of
 *     this one's; at most {@value #DOUBTFUL}, the newest stamp first
 */
public record DatabaseHealth(
        String database,
        boolean live,
        Optional<Backup> newest,
        Optional<Duration> age,
        Optional<Verification> lastVerification,
        Optional<Verification> lastDrill,
        Optional<Backup> damaged,
        Optional<Backup> newestGood,
        List<String> doubtful) {
    static final int DOUBTFUL = 20;

    public DatabaseHealth {
        Objects.requireNonNull(database, "database");
        Objects.requireNonNull(newest, "newest");
        Objects.requireNonNull(age, "age");
        Objects.requireNonNull(lastVerification, "lastVerification");
        Objects.requireNonNull(lastDrill, "lastDrill");
        Objects.requireNonNull(damaged, "damaged");
        Objects.requireNonNull(newestGood, "newestGood");
        doubtful = List.copyOf(doubtful);
    }

    /** The health of a database whose newest backup is good. */
    public DatabaseHealth(
            String database,
            boolean live,
            Optional<Backup> newest,
            Optional<Duration> age,
            Optional<Verification> lastVerification,
            Optional<Verification> lastDrill,
            Optional<Backup> damaged) {
        this(database, live, newest, age, lastVerification, lastDrill, damaged, newest, List.of());
    }
}

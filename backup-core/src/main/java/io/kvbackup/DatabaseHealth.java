package io.kvbackup;

import io.kvbackup.model.Backup;
import io.kvbackup.model.Verification;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How well one database is backed up.
 *
 * @param database its name
 * @param live whether the host has it now; otherwise only the store knows it
 * @param newest the newest confirmed backup that holds it, of it alone or of all databases; empty if there is none
 * @param age of that backup's snapshot; zero if its stamp is ahead of the clock, see {@link Health#warnings}
 * @param lastVerification when one of its backups last passed a verification that read all of it
 * @param lastDrill when one of its backups last passed a drill
 * @param damaged the newest backup that was found damaged when it was last verified, if there is one
 */
public record DatabaseHealth(
        String database,
        boolean live,
        Optional<Backup> newest,
        Optional<Duration> age,
        Optional<Verification> lastVerification,
        Optional<Verification> lastDrill,
        Optional<Backup> damaged) {
    public DatabaseHealth {
        Objects.requireNonNull(database, "database");
        Objects.requireNonNull(newest, "newest");
        Objects.requireNonNull(age, "age");
        Objects.requireNonNull(lastVerification, "lastVerification");
        Objects.requireNonNull(lastDrill, "lastDrill");
        Objects.requireNonNull(damaged, "damaged");
    }
}

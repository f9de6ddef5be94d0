package io.kvbackup.health;

import io.kvbackup.job.JobRecord;
import io.kvbackup.model.Backup;
import io.kvbackup.model.Verification;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How things stand: what the store and the job history knew at one moment.
 *
 * @param at that moment, by the manager's clock
 * @param storeProblem why the store could not be asked; empty if it answered. Nothing is known about the backups if it
 *     did not
 * @param databases each database of the host, and each other one that has backups in the store, by name
 * @param lost names of backups that have a manifest and no archive, so that they cannot be restored; newest first
 * @param running jobs that are waiting or at work
 * @param failed the jobs in the history that failed last, at most {@value #FAILED_JOBS}, youngest first
 * @param historyProblem what is wrong with the history of the jobs, if anything is
 * @param nextRuns when each schedule runs next, by its name
 * @param unfinishedRestores one sentence for each restore of several databases that broke off between two of them:
 *     which are restored, which are not, and what to do
 * @param replications how each replication is that was set up, by the name of its database
 */
public record Health(
        Instant at,
        Optional<String> storeProblem,
        Map<String, OfDatabase> databases,
        List<String> lost,
        List<JobRecord> running,
        List<JobRecord> failed,
        Optional<String> historyProblem,
        Map<String, Instant> nextRuns,
        List<String> unfinishedRestores,
        Map<String, Replicated> replications) {
    static final int FAILED_JOBS = 20;

    /**
     * How the replication of one database is.
     *
     * @param database its name
     * @param state the name of its {@code Replication.State}
     * @param problem what keeps it from going on, and what to do; empty if all is well
     * @param lag how long the oldest commit has been waiting that is not in the store
     * @param syncedThrough everything up to this moment is in the store
     */
    public record Replicated(
            String database, String state, Optional<String> problem, Duration lag, Instant syncedThrough) {
        public Replicated {
            Objects.requireNonNull(database, "database");
            Objects.requireNonNull(state, "state");
            Objects.requireNonNull(problem, "problem");
            Objects.requireNonNull(lag, "lag");
            Objects.requireNonNull(syncedThrough, "syncedThrough");
        }
    }

    public Health {
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(storeProblem, "storeProblem");
        databases = Collections.unmodifiableMap(new TreeMap<>(databases));
        lost = List.copyOf(lost);
        running = List.copyOf(running);
        failed = List.copyOf(failed);
        Objects.requireNonNull(historyProblem, "historyProblem");
        unfinishedRestores = List.copyOf(unfinishedRestores);
        nextRuns = Collections.unmodifiableMap(new TreeMap<>(nextRuns));
        replications = Collections.unmodifiableMap(new TreeMap<>(replications));
    }

    /** What somebody should look at although nothing has failed, one sentence each; empty if all is well. */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>(unfinishedRestores);
        databases.values().forEach(database -> {
            doubtful(database).ifPresent(warnings::add);
            damaged(database).ifPresent(warnings::add);
        });
        replications
                .values()
                .forEach(each -> each.problem()
                        .ifPresent(text -> warnings.add("the replication of database " + each.database()
                                + " is in state " + each.state() + ": " + text)));
        lost.forEach(name -> warnings.add("the archive of backup " + name
                + " is gone, only its manifest is there; deleteBackup removes the rest"));
        return List.copyOf(warnings);
    }

    /** Such stamps tell nothing about the age of the backups. */
    private static Optional<String> doubtful(OfDatabase database) {
        return database.doubtful().isEmpty()
                ? Optional.empty()
                : Optional.of("the stamps of backups " + database.doubtful() + " of database " + database.database()
                        + " are more than an hour ahead of the store's clock, or of this one: one of the clocks is "
                        + "wrong, and nobody knows how old they are. No policy counts or removes them; set the "
                        + "clock, and delete those that are not wanted");
    }

    private static Optional<String> damaged(OfDatabase database) {
        return database.damaged().map(damaged -> {
            boolean newest = database.newest().filter(damaged::equals).isPresent();
            return (newest ? "the newest backup" : "a backup") + " of database " + database.database() + ", "
                    + damaged.objectName() + ", is known as damaged; "
                    + database.newestGood()
                            .map(good -> "the newest good one is " + good.objectName())
                            .orElse("there is no good one");
        });
    }

    /**
     * Checks that every database of the host has a backup that is at most {@code maxAge} old, and that its newest
     * backup is not known as damaged, because {@code restoreLatest} would fail on it. Backups with an incredible time
     * stamp do not count.
     *
     * @param maxAge not negative
     * @throws IOException if a database has no such backup, or if nobody can know, because the store cannot be reached
     *     or has only backups with incredible stamps; names the databases, the age of their backups, and what to do
     */
    public void assertFresh(Duration maxAge) throws IOException {
        if (maxAge.isNegative()) {
            throw new IllegalArgumentException("maxAge is negative: " + maxAge);
        }
        if (storeProblem.isPresent()) {
            throw new IOException("nobody knows whether the backups are fresh: the store could not be asked: "
                    + storeProblem.get() + "; mend the connection, then look again");
        }
        List<String> stale = new ArrayList<>();
        for (OfDatabase database : databases.values()) {
            if (!database.live()) {
                continue; // dropped by the host: its backups only get older
            }
            staleness(database, maxAge).ifPresent(stale::add);
        }
        if (!stale.isEmpty()) {
            throw new IOException(String.join("; ", stale) + advice());
        }
    }

    private static Optional<String> staleness(OfDatabase database, Duration maxAge) {
        if (database.newest().isEmpty()) {
            return Optional.of("database " + database.database() + " has no backup at all");
        }
        Backup newest = database.newest().get();
        Duration age = database.age().orElse(Duration.ZERO);
        if (database.doubtful().contains(newest.objectName())) {
            return doubtful(database);
        } else if (!newest.isGood()) {
            return damaged(database);
        } else if (age.compareTo(maxAge) > 0) {
            return Optional.of("the newest backup of database " + database.database() + ", " + newest.objectName()
                    + ", is " + age + " old, allowed are " + maxAge);
        }
        return Optional.empty();
    }

    private String advice() {
        String why = failed.stream()
                .filter(job -> job.kind().equals("backup"))
                .findFirst()
                .map(job -> "; the last backup that failed: " + job.failure().orElse("unknown"))
                .orElse("");
        return ". Run BackupManager.backupDatabase(…), and look whether its schedule is there and why it did not run"
                + why;
    }

    /**
     * How well one database is backed up.
     *
     * @param database its name
     * @param live whether the host has it now; otherwise only the store knows it
     * @param newest the newest confirmed backup that holds it, of it alone or of all databases; empty if there is none.
     *     A backup with an incredible time stamp counts only if there is no other
     * @param age of that backup's snapshot; zero if its stamp is ahead of the clock, see {@link Health#warnings}
     * @param lastVerification when one of its backups last passed a verification that read all of it
     * @param lastDrill when one of its backups last passed a drill
     * @param damaged the newest backup that is known as damaged ({@link io.kvbackup.model.BackupMarks#isDamaged()}), if
     *     there is one
     * @param newestGood the newest backup that is not known as damaged and has a credible time stamp: the best one for
     *     {@code restoreLatest}; empty if there is none
     * @param doubtful names of backups whose stamp is more than {@link Backup#CLOCK_SKEW} ahead of the store's clock,
     *     or of this one's; at most {@value #DOUBTFUL}, the newest stamp first
     */
    public record OfDatabase(
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

        public OfDatabase {
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
        public OfDatabase(
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
}

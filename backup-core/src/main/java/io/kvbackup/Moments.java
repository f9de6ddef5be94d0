package io.kvbackup;

import io.kvbackup.host.ManagerContext;
import io.kvbackup.job.JobContext;
import io.kvbackup.model.Backup;
import io.kvbackup.replication.Replications;
import io.kvbackup.repository.BackupCatalog;
import io.kvbackup.repository.BackupReader;
import io.kvbackup.repository.StoredBackup;
import io.kvbackup.repository.log.LogPlanner;
import io.kvbackup.repository.log.LogReplay;
import io.kvbackup.repository.log.LogTarget;
import io.kvbackup.repository.log.LogVanishedException;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/** Restores the newest of a database, or a moment: by its log, if it has one, otherwise by the backups there are. */
final class Moments {
    private static final int PLANS = 3;

    private final ManagerContext context;
    private final BackupCatalog catalog;
    private final BackupReader reader;
    private final LogPlanner planner;
    private final Restorer restorer;
    private final Replications replications;

    Moments(
            ManagerContext context,
            BackupCatalog catalog,
            BackupReader reader,
            LogPlanner planner,
            Restorer restorer,
            Replications replications) {
        this.context = context;
        this.catalog = catalog;
        this.reader = reader;
        this.planner = planner;
        this.restorer = restorer;
        this.replications = replications;
    }

    Optional<Backup> latest(String database, RestoreOptions options, JobContext job) throws IOException {
        RestoreTarget target = options.target().orElse(null);
        if (target == null) {
            return restorer.latest(database, Instant.MAX, options, job);
        }
        LogTarget moment = target.log();
        if (planner.isReplicated(database)) {
            return byLog(database, moment, options, job);
        }
        if (moment instanceof LogTarget.Position) {
            throw new IllegalArgumentException(moment + " is one of a change log, and there is none of '" + database
                    + "' in " + context.storage() + " that goes on from a backup; name a time");
        }
        Instant until = moment instanceof LogTarget.Time time ? Instant.ofEpochMilli(time.millis()) : Instant.MAX;
        return restorer.latest(database, until, options, job);
    }

    private Optional<Backup> byLog(String database, LogTarget moment, RestoreOptions options, JobContext job)
            throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                LogReplay replay =
                        new LogReplay(planner, reader, catalog, database, moment, context.temporaryDirectory());
                if (moment instanceof LogTarget.Latest && isOvertaken(database, replay)) {
                    return restorer.latest(database, Instant.MAX, options, job);
                }
                return Optional.of(restore(database, replay, options, job));
            } catch (LogVanishedException e) {
                if (attempt == PLANS) {
                    throw e;
                }
            }
        }
    }

    /** Whether there is a backup that was taken when the log was written no more. */
    private boolean isOvertaken(String database, LogReplay replay) throws IOException {
        for (Backup backup :
                catalog.list(Optional.of(database), replay.through().plusMillis(1), Instant.MAX)) {
            if (backup.hasManifest()
                    && catalog.find(backup.objectName())
                            .manifest()
                            .filter(each -> each.log() == null)
                            .isPresent()) {
                return true;
            }
        }
        return false;
    }

    private Backup restore(String database, LogReplay replay, RestoreOptions options, JobContext job)
            throws IOException {
        StoredBackup base = replay.base();
        restorer.requireTrusted(
                base.name().objectName(), base.name().chain().transforms().isEncrypted(), options);
        restorer.requireTrusted("the log of " + database, replay.isEncrypted(), options);
        String target = options.as().orElse(database);
        replications.restoring(target, replay::point);
        try {
            return restorer.one(base, replay, options.forLatest(base.describe(), database), job);
        } finally {
            replications.restoring(target, null);
        }
    }
}

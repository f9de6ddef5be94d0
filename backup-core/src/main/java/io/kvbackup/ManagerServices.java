package io.kvbackup;

import io.kvbackup.copy.BackupFiles;
import io.kvbackup.copy.Copier;
import io.kvbackup.event.JobEvents;
import io.kvbackup.host.ManagerContext;
import io.kvbackup.job.JobContext;
import io.kvbackup.job.JobScope;
import io.kvbackup.job.Jobs;
import io.kvbackup.model.Backup;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.StoreOutcome;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.prune.PrunePlan;
import io.kvbackup.prune.PruneReport;
import io.kvbackup.prune.Pruner;
import io.kvbackup.replication.ReplicationOptions;
import io.kvbackup.replication.Replications;
import io.kvbackup.repository.BackupCatalog;
import io.kvbackup.repository.BackupDeletion;
import io.kvbackup.repository.BackupReader;
import io.kvbackup.repository.HeldDatabases;
import io.kvbackup.repository.MarkStore;
import io.kvbackup.repository.log.LogPlanner;
import io.kvbackup.repository.log.LogRetention;
import io.kvbackup.restore.RestoreIntents;
import io.kvbackup.retention.RetentionPolicy;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.throttle.RateLimit;
import io.kvbackup.verify.DueVerifier;
import io.kvbackup.verify.Verifier;
import io.kvbackup.verify.VerifyDueOptions;
import io.kvbackup.verify.VerifyDueReport;
import io.kvbackup.verify.VerifyOptions;
import io.kvbackup.verify.VerifyReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The parts of a manager, and what they can do for its jobs. */
final class ManagerServices implements Jobs.Operations {
    final ManagerContext context;
    final BackupCatalog catalog;
    final HeldDatabases held;
    final RestoreIntents intents;
    final BackupReads reads;
    final BackupTaker backups;
    final Restorer restorer;
    final Moments moments;
    final Verifier verifier;
    final DueVerifier dueVerifier;
    final Copier copier;
    final BackupFiles files;
    final Marks marks;
    final BackupDeletion deletion;
    final Pruner pruner;
    final Replications replications;
    private final Supplier<Jobs> jobs;

    /**
     * @param historyFolder where restores that broke off are remembered too, if the jobs have one
     * @param replicated what is to be replicated, and how
     * @param events told of replications and of drift
     * @param jobs known as soon as any work is done
     */
    ManagerServices(
            ManagerContext context,
            Optional<Path> historyFolder,
            Map<String, ReplicationOptions> replicated,
            JobEvents events,
            Supplier<Jobs> jobs) {
        this.context = context;
        this.jobs = jobs;
        catalog = new BackupCatalog(context.storage(), context.keys(), context.identity());
        held = new HeldDatabases(catalog);
        BackupReader reader = context.salvagingReader();
        reads = new BackupReads(context.storage(), catalog, reader);
        intents = new RestoreIntents(context.databases().described(), historyFolder, context.clock());
        marks = new Marks(new MarkStore(context.storage(), context.leases()));
        backups = new BackupTaker(context, intents, new UnchangedBackup(catalog, held, marks), events::drift);
        LogPlanner planner = new LogPlanner(context.storage(), catalog, context.keys(), context.leases());
        replications = new Replications(context, replicated, planner, this::base, events::replication);
        restorer = new Restorer(
                context.databases(),
                context.keys(),
                new LatestBackup(catalog, context::storeClock),
                catalog,
                reader,
                intents,
                replications);
        moments = new Moments(context, catalog, reader, planner, restorer, replications);
        verifier = new Verifier(context, catalog);
        dueVerifier = new DueVerifier(context, catalog, verifier);
        copier = new Copier(context, catalog);
        deletion = new BackupDeletion(context.storage(), context.clock());
        files = new BackupFiles(context.storage(), deletion);
        Map<String, Duration> keepLog = new HashMap<>();
        replicated.forEach((name, options) -> keepLog.put(name, options.keepLog()));
        pruner = new Pruner(context, deletion, new LogRetention(context.storage(), planner), keepLog);
    }

    private Map<String, StoreOutcome> base(Replications.Bases.Request base, Map<String, StorageClient> stores)
            throws IOException {
        JobScope scope = JobScope.holding("backup", Set.of(base.database()));
        return jobs.get().call(scope, job -> backups.base(base, stores, job));
    }

    @Override
    public Set<String> databaseNames() throws IOException {
        return context.databases().names();
    }

    @Override
    public void requireKnowable(String database) {
        context.databases().requireKnowable(database);
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
        return restorer.one(objectName, RestoreOptions.defaults(), job);
    }

    @Override
    public Backup restoreAll(String objectName, JobContext job) throws IOException {
        return restorer.all(objectName, RestoreOptions.defaults(), job);
    }

    @Override
    public Optional<Backup> restoreLatest(String database, JobContext job) throws IOException {
        return moments.latest(database, RestoreOptions.defaults(), job);
    }

    @Override
    public String verify(String objectName, VerifyLevel level, JobContext job) throws IOException {
        VerifyReport report = verifier.verify(objectName, VerifyOptions.of(level), job);
        return objectName + ": " + level + ", " + report.entries() + " entries";
    }

    @Override
    public String verifyDue(
            VerifyLevel level, Duration notFor, long bytesPerSecond, Optional<Duration> atMost, JobContext job)
            throws IOException {
        VerifyDueOptions.Builder options =
                VerifyDueOptions.builder().level(level).notVerifiedFor(notFor);
        atMost.ifPresent(options::atMost);
        if (bytesPerSecond < Long.MAX_VALUE) {
            options.rate(RateLimit.bytesPerSecond(bytesPerSecond));
        }
        VerifyDueReport report = dueVerifier.run(options.build(), jobs.get(), job);
        if (!report.isGood()) {
            throw new CorruptBackupException(report.toString());
        }
        return report.toString();
    }

    @Override
    public void copy(String objectName, StorageClient target, JobContext job) throws IOException {
        copier.copy(objectName, target, job);
    }

    @Override
    public String prune(RetentionPolicy policy, JobContext job) throws IOException {
        PrunePlan plan = pruner.plan(policy, chosen -> pruner.execute(policy, chosen));
        job.checkActive();
        PruneReport report = plan.execute();
        return "removed " + report.removed().size() + " backups, collected "
                + report.collected().size() + " archives of " + report.bytesFreed() + " bytes";
    }
}

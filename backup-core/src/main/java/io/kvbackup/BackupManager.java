package io.kvbackup;

import io.kvbackup.copy.CopyReport;
import io.kvbackup.database.EntryCursor;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.encryption.RewrapReport;
import io.kvbackup.event.JobEvents;
import io.kvbackup.health.Health;
import io.kvbackup.health.HealthCheck;
import io.kvbackup.host.ManagerContext;
import io.kvbackup.job.JobOptions;
import io.kvbackup.job.JobTask;
import io.kvbackup.job.Jobs;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.StoreOutcome;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.prune.PrunePlan;
import io.kvbackup.replication.Replication;
import io.kvbackup.replication.ReplicationOptions;
import io.kvbackup.repository.BackupName;
import io.kvbackup.repository.KeyRotation;
import io.kvbackup.repository.log.TimelineKeys;
import io.kvbackup.retention.RetentionPolicy;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.verify.VerifyDueOptions;
import io.kvbackup.verify.VerifyDueReport;
import io.kvbackup.verify.VerifyOptions;
import io.kvbackup.verify.VerifyReport;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes backups of the host's databases, lists, verifies and restores them.
 *
 * <p>All methods block until the work is done. They throw {@link IOException} for anything that goes wrong on the way,
 * with {@link java.nio.file.NoSuchFileException} if there is no such backup and
 * {@link io.kvbackup.model.CorruptBackupException} if a backup is damaged. They throw {@link IllegalArgumentException}
 * for names and options that make no sense. A backup that fails leaves nothing that looks like a backup; if the process
 * dies, it may leave a whole archive that {@linkplain Backup#hasManifest() has no manifest}. A restore that fails
 * leaves the live database as it was; of several databases, some may be restored and others not, and the exception
 * names them; if the process ends there, the next manager of these databases says so in its log and in {@link #health}.
 * Interrupting the thread ends the work in the same way.
 *
 * <p>Safe for use by several threads. Backups and restores of one database wait for each other, those of different
 * databases run side by side. Whatever a method does that takes time is a job, which {@link #jobs()} knows.
 */
public final class BackupManager implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(BackupManager.class);

    private final ManagerContext context;
    private final ManagerServices services;
    private final Jobs jobs;
    private final ManagerCalls calls;
    private final HealthCheck healthCheck;
    private volatile boolean closed;

    BackupManager(
            ManagerContext context,
            JobOptions jobOptions,
            Optional<Executor> jobExecutor,
            JobEvents events,
            Map<String, ReplicationOptions> replicated)
            throws IOException {
        this.context = context;
        services = new ManagerServices(context, jobOptions.historyFolder(), replicated, events, this::jobs);
        calls = ManagerCalls.open(context, jobOptions, jobExecutor, events, services);
        jobs = calls.jobs();
        healthCheck = new HealthCheck(
                context, services.catalog, services.held, jobs, services.intents, services.replications::health);
        services.intents.unfinished(context.databases().findable()).forEach(LOG::warn);
    }

    public static BackupManagerBuilder builder() {
        return new BackupManagerBuilder();
    }

    /** The names of all databases that exist now: those registered, and those of the catalog. */
    public Set<String> databaseNames() throws IOException {
        requireOpen();
        return context.databases().names();
    }

    /** Backs up one database; see {@link #backupDatabase(String, BackupOptions)}. */
    public Backup backupDatabase(String name) throws IOException {
        return backupDatabase(name, BackupOptions.defaults());
    }

    /**
     * Backs up one database, as it is at the moment when its snapshot is opened.
     *
     * @return the backup, stored and confirmed by its manifest
     */
    public Backup backupDatabase(String name, BackupOptions options) throws IOException {
        return calls.holding("backup", name, job -> services.backups.one(name, options, job));
    }

    /** Backs up all databases; see {@link #backupAllDatabases(BackupOptions)}. */
    public Backup backupAllDatabases() throws IOException {
        return backupAllDatabases(BackupOptions.defaults());
    }

    /**
     * Backs up all databases into one archive. All snapshots are opened first, while the host's barrier is held if it
     * gave one, so that with a barrier the databases are backed up as they are at one moment.
     */
    public Backup backupAllDatabases(BackupOptions options) throws IOException {
        return calls.holdingAll("backup", job -> services.backups.all(options, job));
    }

    /**
     * Backs up one database, or all, into this manager's store and those of {@link BackupOptions.Builder#alsoTo},
     * reading it once. A store that fails, or hangs until its deadlines, does not keep the others from having their
     * copy.
     *
     * @param database its name, or {@link Backup#ALL_DATABASES}
     * @return the outcome in each store, by name; that of the manager's own store under {@link BackupOptions#OWN_STORE}
     * @throws IOException if the database could not be read, or no store has the backup. (With the same options,
     *     {@link #backupDatabase(String, BackupOptions)} throws if any store has no backup.)
     */
    public Map<String, StoreOutcome> backupToStores(String database, BackupOptions options) throws IOException {
        return database.equals(Backup.ALL_DATABASES)
                ? calls.holdingAll("backup", job -> services.backups.allToStores(options, job))
                : calls.holding("backup", database, job -> services.backups.oneToStores(database, options, job));
    }

    /**
     * A backup as a task, for {@link Jobs#submit} and {@link Jobs#schedule}: with tags, a format, or second stores.
     * Without options, {@link JobTask#backup} and {@link JobTask#backupAll} are the same.
     *
     * @param database its name, or {@link Backup#ALL_DATABASES}
     */
    public JobTask backupTask(String database, BackupOptions options) {
        Objects.requireNonNull(options, "options");
        if (database.equals(Backup.ALL_DATABASES)) {
            return JobTask.of("backup", job -> services.backups.all(options, job))
                    .holdingAll();
        }
        context.databases().requireKnowable(database);
        return JobTask.of("backup", job -> services.backups.one(database, options, job))
                .holding(database);
    }

    /** Restores a database to where it came from; see {@link #restoreDatabase(String, RestoreOptions)}. */
    public Backup restoreDatabase(String objectName) throws IOException {
        return restoreDatabase(objectName, RestoreOptions.defaults());
    }

    /**
     * Restores one database. Reads and verifies the whole backup, stages its entries beside the live data, and only
     * then swaps them in.
     *
     * @param objectName of a backup of this database, or of all databases with {@link RestoreOptions.Builder#database}
     * @return what was restored
     * @throws FileAlreadyExistsException if {@link RestoreOptions.Builder#ifAbsent} was asked for and there are entries
     */
    public Backup restoreDatabase(String objectName, RestoreOptions options) throws IOException {
        return jobs.call(
                Restorer.scopeOfOne(objectName, options), job -> services.restorer.one(objectName, options, job));
    }

    /** Restores every database of a backup; see {@link #restoreAllDatabases(String, RestoreOptions)}. */
    public Backup restoreAllDatabases(String objectName) throws IOException {
        return restoreAllDatabases(objectName, RestoreOptions.defaults());
    }

    /**
     * Restores every database that a backup holds; databases that it does not hold stay as they are, unless
     * {@link RestoreOptions.Builder#dropOthers} says otherwise. All are staged and verified before the first is swapped
     * in; the swaps follow one another, each atomic in itself.
     */
    public Backup restoreAllDatabases(String objectName, RestoreOptions options) throws IOException {
        return calls.holdingAll("restore", job -> services.restorer.all(objectName, options, job));
    }

    /** Restores the newest backup of a database; see {@link #restoreLatest(String, RestoreOptions)}. */
    public Optional<Backup> restoreLatest(String database) throws IOException {
        return restoreLatest(database, RestoreOptions.defaults());
    }

    /**
     * Restores the newest backup that holds a database: one of this database alone, or one of all databases. Prefers a
     * backup with a manifest to one without. With {@link RestoreOptions.Builder#target} restores a moment instead, by
     * the log of the database if it is replicated.
     *
     * @return what was restored, or empty if the store holds no backup of the database
     * @throws IllegalArgumentException if neither the host nor the store knows the database; names those they know
     */
    public Optional<Backup> restoreLatest(String database, RestoreOptions options) throws IOException {
        BackupName.requireDatabaseName(database);
        String target = options.as().orElse(database);
        return calls.holding("restore", target, job -> services.moments.latest(database, options, job));
    }

    /** Restores the state of a database at a moment: {@link #restoreLatest} with that {@link RestoreTarget}. */
    public Optional<Backup> restoreAsOf(String database, Instant moment) throws IOException {
        return restoreLatest(
                database,
                RestoreOptions.builder().target(RestoreTarget.timestamp(moment)).build());
    }

    /**
     * Restores a database that has no entries yet to the newest state that the store has, by its log if it is
     * replicated. For hosts that may start on an empty disk: call it before the database is written to, and before its
     * replication is started. Of several processes that start at once, one restores, and the others wait for it.
     *
     * @throws IOException if the store does not answer, or the restore fails: then do not start, for an empty database
     *     would be taken for the real one
     */
    public StartOutcome restoreOnStart(String database) throws IOException {
        BackupName.requireDatabaseName(database);
        requireOpen();
        return new StartRestore(context, services.replications::windows, this::restoreLatest).run(database);
    }

    /**
     * All backups in the store, newest first. Reads names only: {@link Backup#contents()} is empty. A list of more than
     * ten thousand backups makes each of them when you ask for it; see {@link #streamBackups}.
     */
    public List<Backup> listBackups() throws IOException {
        requireOpen();
        return services.catalog.list();
    }

    /**
     * The backups from which one database can be restored, newest first: its own, and those of all databases together
     * that hold it. {@link #restoreLatest(String)} chooses among the same backups. Reads the manifests of backups of
     * all databases, each once in the life of the manager, to learn which databases they hold; one whose key is missing
     * here counts as holding this database. Reads only the names of all others: {@link Backup#contents()} is empty.
     *
     * @param database its name, or {@link Backup#ALL_DATABASES} for the backups of all databases together
     */
    public List<Backup> listBackups(String database) throws IOException {
        requireOpen();
        return database.equals(Backup.ALL_DATABASES)
                ? services.catalog.list(database)
                : services.held.backupsHolding(database);
    }

    /**
     * Any number of backups, newest first, in little memory. Lists the store at once and holds about 25 bytes for each
     * backup of the query; the stream makes each {@link Backup} when it comes to it. If the query names a database,
     * lists only the part of its folder that the times of the query need.
     *
     * @return backups with {@link Backup#contents()} empty. You may close the stream at any time; that makes no request
     */
    public Stream<Backup> streamBackups(BackupQuery query) throws IOException {
        requireOpen();
        return services
                .catalog
                .list(
                        query.database(),
                        query.from().orElse(Instant.MIN),
                        query.before().orElse(Instant.MAX))
                .stream();
    }

    /** A backup with what its manifest says. */
    public Backup describe(String objectName) throws IOException {
        requireOpen();
        return services.catalog.find(objectName).describe();
    }

    /** Reads a backup from end to end and checks every digest, count and name: {@link VerifyLevel#DIGEST}. */
    public VerifyReport verify(String objectName) throws IOException {
        return verify(objectName, VerifyLevel.DIGEST);
    }

    /** Verifies a backup as far as a level says; see {@link #verify(String, VerifyOptions)}. */
    public VerifyReport verify(String objectName, VerifyLevel level) throws IOException {
        return verify(objectName, VerifyOptions.of(level));
    }

    /**
     * Verifies a backup as {@link VerifyLevel} says: checks whether all of it is there, or reads it from end to end, or
     * restores it into a scratch database and compares the two. The result, good or bad, is kept in the store beside
     * the backup, where {@link Backup#marks()} show it.
     *
     * @throws io.kvbackup.model.CorruptBackupException if the backup is damaged, or does not restore
     */
    public VerifyReport verify(String objectName, VerifyOptions options) throws IOException {
        return calls.onBackup("verify", objectName, job -> services.verifier.verify(objectName, options, job));
    }

    /**
     * Verifies the backups that were not verified for some time, within a bandwidth and a time: first the newest of
     * each database, then the one that was last verified the longest ago. Goes on after a damaged one.
     *
     * @return which backups passed, failed, and were left for the next time
     */
    public VerifyDueReport verifyDue(VerifyDueOptions options) throws IOException {
        return calls.onStore("verify-due", job -> services.dueVerifier.run(options, jobs, job));
    }

    /**
     * Copies a backup, under its name and with its pin and tags, into another store. Verifies both ends: compares the
     * bytes that it sends with the manifest, and reads back what has arrived. The copy appears whole or not at all. If
     * a copy breaks off, the next call completes it. If an equal copy is there already, the call succeeds. Between
     * {@linkplain io.kvbackup.storage.PrefixedStorageClient parts} of one store, the store copies by itself.
     *
     * @param target stays open; must not be this manager's own store
     * @throws FileAlreadyExistsException if the target has another backup of that name
     * @throws io.kvbackup.model.CorruptBackupException if the backup is damaged
     */
    public CopyReport copyBackup(String objectName, StorageClient target) throws IOException {
        return calls.onBackup("copy", objectName, job -> services.copier.copy(objectName, target, job));
    }

    /**
     * Moves a database to another instance: {@linkplain #copyBackup copies} a backup of it into the store of that
     * instance's manager, which then restores it.
     *
     * @param options for the other manager, such as the name {@linkplain RestoreOptions.Builder#as to restore as}
     * @return what was restored
     */
    public Backup migrate(String objectName, BackupManager target, RestoreOptions options) throws IOException {
        StorageClient store = target.context.access().bare();
        return calls.onBackup("migrate", objectName, job -> {
            services.copier.copyUnlessThere(objectName, store, job);
            return target.restoreDatabase(objectName, options);
        });
    }

    /** As {@link #health(Duration)}, and waits 15 seconds at most. */
    public Health health() throws IOException {
        return health(Duration.ofSeconds(15));
    }

    /**
     * How things stand: asks the store for backups and their verifications, and the history for jobs. Costs one listing
     * of the whole store, and, once for each manager, a read of the manifests of the newest backups of all databases;
     * do not call it for every scrape of a monitoring system.
     *
     * @param patience how long the store may take; the result says so if it takes longer
     */
    public Health health(Duration patience) throws IOException {
        requireOpen();
        return healthCheck.look(patience);
    }

    /** Reads and verifies a whole backup into memory. For small backups. */
    public FullBackup load(String objectName) throws IOException {
        return calls.onBackup("load", objectName, job -> services.reads.all(objectName, job));
    }

    /**
     * Pushes the entries of one set of a backup to a visitor, without restoring anything: to look a key up, or to list
     * the files of a folder. It verifies the archive while it reads, so the entries are known to be good only when it
     * has returned.
     *
     * @param database as it was named when the backup was taken
     * @throws IllegalArgumentException if the backup does not hold the database or the set
     */
    public void readEntries(String objectName, String database, String set, KeyRange keys, EntryVisitor to)
            throws IOException {
        calls.onBackup("read", objectName, job -> services.reads.entries(objectName, database, set, keys, to, job));
    }

    /**
     * Opens a cursor over entries of one set of a backup, without restoring anything. Of an incremental backup, the
     * cursor reads only what the keys need, and each entry is verified. Another thread of the manager reads an archive
     * from end to end; its entries are known to be good only when the cursor has said that there are no more.
     *
     * @param database as it was named when the backup was taken
     * @return to be closed by the caller, before the manager
     * @throws IllegalArgumentException if the backup does not hold the database or the set
     */
    public EntryCursor openEntries(String objectName, String database, String set, KeyRange keys) throws IOException {
        requireOpen();
        return services.reads.open(objectName, database, set, keys);
    }

    /**
     * Compares two backups of one database, or of several, of any kinds: which keys were added, removed or changed
     * between them. Databases and sets that only one has count as added or removed as a whole.
     *
     * @param before object name of the earlier one
     * @param after object name of the later one
     * @return to be closed by the caller, before the manager
     * @throws IllegalArgumentException if the backups have no database in common
     */
    public BackupDiff diff(String before, String after) throws IOException {
        requireOpen();
        return services.reads.diff(before, after);
    }

    /**
     * Writes a backup once more, in the way of another kind, without any database: an incremental backup as a portable
     * archive, or an archive as a tree. The twin has the stamp and tags of the original, which stays; delete the one
     * that you do not want. All of the original is verified before the twin exists.
     *
     * @return the twin
     * @throws IllegalArgumentException if it is of that kind already
     * @throws io.kvbackup.storage.PreconditionFailedException if there is a twin already
     */
    public Backup convert(String objectName, BackupKind kind) throws IOException {
        return calls.onBackup(
                "convert", objectName, job -> services.reads.convert(objectName, kind, services.backups, job));
    }

    /**
     * Wraps the data keys of all encrypted backups, and of logs, under the current key, so that older ones can be
     * retired: this takes as long as reading and writing all manifests. Archives are not touched. Replaces each
     * manifest in one step, and only if nobody else has changed it meanwhile. So a run that breaks off leaves every
     * backup readable, and the next run completes it.
     *
     * @throws IllegalArgumentException if the manager has no keys
     * @throws IOException if it could not rewrap some of them, most likely because their old key is missing; it has
     *     rewrapped all others
     */
    public RewrapReport rewrapBackups() throws IOException {
        KeyRotation rotation = new KeyRotation(context.storage(), context.keys());
        TimelineKeys timelines = new TimelineKeys(context.storage(), context.keys());
        return calls.onStore("rewrap", job -> timelines.rewrap(rotation.run(services.catalog.list())));
    }

    /** Removes a backup from the store, at once and even if it is pinned: first the manifest, then all the rest. */
    public void deleteBackup(String objectName) throws IOException {
        calls.onBackup("delete", objectName, job -> {
            services.deletion.delete(objectName);
            return objectName;
        });
    }

    /**
     * Says which backups a policy keeps and which a prune would remove; {@link PrunePlan#execute()} removes them.
     *
     * <p>A removed backup is not listed any more; its data goes with the next prune after the
     * {@linkplain BackupManagerBuilder#gracePeriod grace period}. Prunes also collect what dead processes have left.
     * They may run beside backups and restores of other processes, and a lease in the store lets one prune at a time.
     */
    public PrunePlan planPrune(RetentionPolicy policy) throws IOException {
        requireOpen();
        return services.pruner.plan(
                policy, plan -> calls.onStore("prune", job -> services.pruner.execute(policy, plan)));
    }

    /** Pins and tags, which say what a retention policy must keep. */
    public Marks marks() {
        requireOpen();
        return services.marks;
    }

    /**
     * Copies an archive out of the store into a file and verifies it on the way. The file appears when it is complete
     * and on disk, and replaces a file of the same name. An encrypted archive stays encrypted, and its manifest, which
     * holds its wrapped key, is put beside it under the same name with {@code .manifest.json}; both are replaced
     * together, so at any moment {@link #uploadFile} finds the manifest that belongs to the archive. No key is needed.
     *
     * @throws IllegalArgumentException if the backup is of kind INCREMENTAL, which is more than one object;
     *     {@link #convert} makes an archive of it
     */
    public void downloadFile(String objectName, Path file) throws IOException {
        calls.onBackup(
                "download", objectName, job -> services.files.download(services.catalog.findArchive(objectName), file));
    }

    /**
     * Copies an archive from a file into the store, where it is listed as a backup without manifest. Pins it, because a
     * prune would otherwise take it for the remains of a dead writer. An encrypted archive needs its manifest beside
     * it, where {@link #downloadFile} puts it, and must go back to the name that it came from, because it is bound to
     * that name. It is then a backup with manifest again.
     *
     * @param objectName as {@code backups/<database>/<timestamp>.<format>}; must not exist yet
     */
    public void uploadFile(String objectName, Path file) throws IOException {
        calls.onBackup("upload", objectName, job -> services.files.upload(file, objectName));
    }

    /**
     * As {@link #uploadFile(String, Path)}.
     *
     * @deprecated names come first, as in {@link #downloadFile}
     */
    @Deprecated(forRemoval = true)
    @SuppressWarnings("InlineMeSuggester") // its annotation would be one more library for hosts
    public void uploadFile(Path file, String objectName) throws IOException {
        uploadFile(objectName, file);
    }

    /**
     * The replication of a database, which {@link BackupManagerBuilder#replication} has set up.
     *
     * @throws IllegalArgumentException if it was not
     */
    public Replication replication(String database) {
        return services.replications.of(database);
    }

    /** The databases that {@link #replication} knows. */
    public Set<String> replicated() {
        return services.replications.databases();
    }

    /** The work of this manager as jobs: those under way, their history, and schedules for more. */
    public Jobs jobs() {
        return jobs;
    }

    /**
     * Ends the manager: stops replications, starts no more schedules, waits for the jobs that were asked for, and
     * closes the store if it was opened from a URI. If the thread is interrupted while it waits, the jobs are
     * cancelled. Close it before the databases.
     */
    @Override
    public void close() throws IOException {
        try (context) {
            try {
                services.replications.close();
            } finally {
                jobs.close();
            }
        } finally {
            closed = true;
        }
    }

    /** Ends the manager as {@link #close} does, but cancels all jobs, and waits some seconds for them to stop. */
    public void closeNow() throws IOException {
        try (context) {
            try {
                services.replications.close();
            } finally {
                jobs.closeNow();
            }
        } finally {
            closed = true;
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the backup manager is closed");
        }
    }
}

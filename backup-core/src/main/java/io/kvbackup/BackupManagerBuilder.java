package io.kvbackup;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseCatalog;
import io.kvbackup.database.ScratchFactory;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.event.BackupListener;
import io.kvbackup.event.JobEvents;
import io.kvbackup.host.DatabaseRegistry;
import io.kvbackup.host.ManagerContext;
import io.kvbackup.host.Overlaps;
import io.kvbackup.host.SnapshotBarrier;
import io.kvbackup.host.StoreAccess;
import io.kvbackup.job.JobOptions;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.NoSuchStoreException;
import io.kvbackup.replication.ReplicationOptions;
import io.kvbackup.repository.BackupKeys;
import io.kvbackup.repository.BackupName;
import io.kvbackup.repository.FormatChain;
import io.kvbackup.repository.Sleeper;
import io.kvbackup.repository.tree.TreeOptions;
import io.kvbackup.storage.ExclusiveWriterStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageUri;
import io.kvbackup.storage.check.StorageCheck;
import io.kvbackup.storage.check.UnfitStorageException;
import io.kvbackup.storage.retry.RetryPolicy;
import io.kvbackup.storage.throttle.RateLimit;
import io.kvbackup.storage.throttle.ThrottledStorageClient;
import io.kvbackup.verify.VerifyOptions;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Lock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Describes a {@link BackupManager}. Values that are set here win over those from {@link #properties}, which win over
 * those from {@link #environment}. Refuses to set a value twice. For one thread.
 */
public final class BackupManagerBuilder {
    private static final Duration DEFAULT_GRACE_PERIOD = Duration.ofHours(24);

    private final Map<String, Database> databases = new TreeMap<>();
    private @Nullable DatabaseCatalog catalog;
    final StoreSetup store = new StoreSetup();
    private final Map<String, ReplicationOptions> replicated = new TreeMap<>();
    private @Nullable String format;
    private @Nullable BackupKind kind;
    private @Nullable Integer chunkSize;
    private @Nullable Duration fullScanEvery;
    private @Nullable EncryptionKeys encryption;
    private @Nullable Boolean spool;
    private @Nullable Path temporaryDirectory;
    private @Nullable Lock barrier;
    private @Nullable Clock clock;
    private LongSupplier nanoTime = System::nanoTime;
    private Sleeper sleeper = Sleeper.SYSTEM;
    private @Nullable Duration gracePeriod;
    private @Nullable Executor executor;
    private @Nullable JobOptions jobs;
    private @Nullable ScratchFactory scratch;
    private @Nullable String heartbeat;
    private final List<BackupListener> listeners = new ArrayList<>();
    private @Nullable Settings properties;
    private @Nullable Settings environment;

    BackupManagerBuilder() {}

    /**
     * The store, as a URI: {@code file:///var/backups}, {@code s3://bucket/prefix?region=eu-west-1}, {@code mem:test}.
     *
     * @throws IllegalArgumentException if it is malformed; says how
     */
    public BackupManagerBuilder storage(String uri) {
        return storage(StorageUri.parse(uri));
    }

    /** The store, as a URI that was taken apart already, for example to add options that must not be escaped. */
    public BackupManagerBuilder storage(StorageUri uri) {
        refuseSecond("storage", store.uri, store.client);
        store.uri = uri;
        return this;
    }

    /** The store, as a client of the host's own, which the host also closes. */
    public BackupManagerBuilder storage(StorageClient client) {
        refuseSecond("storage", store.uri, store.client);
        store.client = Objects.requireNonNull(client, "client");
        return this;
    }

    /**
     * Adds a database.
     *
     * @throws IllegalArgumentException if backups cannot be filed under its name, or there is one of that name already
     */
    public BackupManagerBuilder database(Database database) {
        String name = BackupName.requireDatabaseName(database.name());
        if (databases.putIfAbsent(name, database) != null) {
            throw new IllegalArgumentException("two databases named '" + name + "'; give one of them another name");
        }
        return this;
    }

    /** Adds the databases of a host that creates and drops them at run time. */
    public BackupManagerBuilder databases(DatabaseCatalog hostCatalog) {
        refuseSecond("databases", catalog);
        catalog = Objects.requireNonNull(hostCatalog, "hostCatalog");
        return this;
    }

    /**
     * Sets up the replication of a database, which {@link BackupManager#replication} then starts.
     *
     * @param database its name; it keeps a {@linkplain Database#changeLog() log of its changes}, or is a folder
     * @throws IllegalStateException if its replication was set up already
     */
    public BackupManagerBuilder replication(String database, ReplicationOptions options) {
        BackupName.requireDatabaseName(database);
        if (replicated.putIfAbsent(database, Objects.requireNonNull(options, "options")) != null) {
            throw new IllegalStateException("the replication of '" + database + "' was set already");
        }
        return this;
    }

    /**
     * Archive format and transforms of new backups: {@code json}, {@code cbor} or {@code tar}, followed by any of
     * {@code gz}, {@code bz2}, {@code xz}, {@code zst}. {@code cbor.zst} unless set. With {@link #encryption}, and only
     * then, {@code enc} comes last: {@code cbor.zst.enc}.
     */
    public BackupManagerBuilder format(String chain) {
        refuseSecond("format", format);
        FormatChain.parse(chain);
        format = chain;
        return this;
    }

    /**
     * How new backups are stored unless they say otherwise: as one portable archive each, or incrementally.
     * {@link BackupKind#FULL} unless set.
     */
    public BackupManagerBuilder kind(BackupKind value) {
        refuseSecond("kind", kind);
        kind = Objects.requireNonNull(value, "value");
        return this;
    }

    /**
     * How many bytes the chunks of incremental backups have on average. Unless set, the first incremental backup
     * chooses it by the size of the database: 3 KiB; 8 KiB from 100 GB on, or if values have more than 1 KB on average;
     * 16 KiB from 1 TB on. If it changes, the next backup stores everything again.
     *
     * @throws IllegalArgumentException if it is not between 1 KiB and 64 KiB
     */
    public BackupManagerBuilder chunkSize(int bytes) {
        refuseSecond("chunkSize", chunkSize);
        chunkSize = TreeOptions.requireChunkSize(bytes);
        return this;
    }

    /**
     * After which time an incremental backup reads all entries, although the database tells which may have changed: by
     * times of files, pages, or a log of changes. If that was not all, {@link BackupListener#onDrift} is called, and
     * the backup holds what was read. 7 days unless set; zero for every time. It makes no difference to databases that
     * cannot tell: they are always read.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public BackupManagerBuilder fullScanEvery(Duration duration) {
        refuseSecond("fullScanEvery", fullScanEvery);
        if (duration.isNegative()) {
            throw new IllegalArgumentException("fullScanEvery must not be negative, as " + duration + " is");
        }
        fullScanEvery = duration;
        return this;
    }

    /**
     * Encrypts all new backups with these keys, and reads encrypted ones with them. The keys are tried out when the
     * manager is built. Backups that are not encrypted are then restored only with
     * {@link RestoreOptions.Builder#allowUnencrypted}.
     */
    public BackupManagerBuilder encryption(EncryptionKeys keys) {
        refuseSecond("encryption", encryption);
        encryption = Objects.requireNonNull(keys, "keys");
        return this;
    }

    /** Whether backups go through a temporary file by default; see {@link BackupOptions.Builder#spool}. */
    public BackupManagerBuilder spool(boolean value) {
        refuseSecond("spool", spool);
        spool = value;
        return this;
    }

    /**
     * Where temporary files lie; the system's temporary directory unless set. The manager creates it if it is missing.
     */
    public BackupManagerBuilder temporaryDirectory(Path folder) {
        refuseSecond("temporaryDirectory", temporaryDirectory);
        temporaryDirectory = Objects.requireNonNull(folder, "folder");
        return this;
    }

    /**
     * Held while the snapshots of several databases are opened. A host whose writers hold the other side of the lock
     * gets backups that show all databases at one moment. Opening snapshots takes milliseconds. The manager takes the
     * locks of single databases while it holds this one; a host that takes both must do so in the same order.
     */
    public BackupManagerBuilder barrier(Lock lock) {
        refuseSecond("barrier", barrier);
        barrier = Objects.requireNonNull(lock, "lock");
        return this;
    }

    /**
     * How long the data of a removed backup stays after the backup itself, so that running restores can end. Also how
     * old the remains of an upload must be before a prune takes them for those of a dead process. Must be longer than
     * any restore or upload takes; 24 hours unless set. See {@link BackupManager#planPrune}.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public BackupManagerBuilder gracePeriod(Duration duration) {
        refuseSecond("gracePeriod", gracePeriod);
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException("the grace period must be positive, not " + duration);
        }
        gracePeriod = duration;
        return this;
    }

    /** Lets tests decide how time passes. */
    BackupManagerBuilder time(LongSupplier nanos, Sleeper pauses) {
        nanoTime = nanos;
        sleeper = pauses;
        return this;
    }

    /** Stamps backups; the system's clock unless set. */
    public BackupManagerBuilder clock(Clock source) {
        refuseSecond("clock", clock);
        clock = Objects.requireNonNull(source, "source");
        return this;
    }

    /**
     * Runs a task or two beside each backup, restore and verification, for as long as that lasts, and submitted jobs.
     * It must start each task at once on another thread. Daemon threads of the manager unless set.
     */
    public BackupManagerBuilder executor(Executor threads) {
        refuseSecond("executor", executor);
        executor = Objects.requireNonNull(threads, "threads");
        return this;
    }

    /** How jobs are done: where their history lies, how many run at once, and on which threads. */
    public BackupManagerBuilder jobs(JobOptions options) {
        refuseSecond("jobs", jobs);
        jobs = Objects.requireNonNull(options, "options");
        return this;
    }

    /** How often and how long failing requests to the store are tried again. */
    public BackupManagerBuilder retryPolicy(RetryPolicy policy) {
        refuseSecond("retryPolicy", store.retryPolicy);
        store.retryPolicy = Objects.requireNonNull(policy, "policy");
        return this;
    }

    /**
     * How many bytes per second this manager may write to the store; jobs that run at the same time share them evenly.
     * No limit unless set. See {@link ThrottledStorageClient} for what counts.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public BackupManagerBuilder uploadLimit(long bytesPerSecond) {
        refuseSecond("uploadLimit", store.uploadLimit);
        store.uploadLimit = RateLimit.bytesPerSecond(bytesPerSecond);
        return this;
    }

    /** How many bytes per second this manager may read from the store; see {@link #uploadLimit}. */
    public BackupManagerBuilder downloadLimit(long bytesPerSecond) {
        refuseSecond("downloadLimit", store.downloadLimit);
        store.downloadLimit = RateLimit.bytesPerSecond(bytesPerSecond);
        return this;
    }

    /**
     * Declares that this manager's process is the only one that ever writes to its stores. A store that does not keep
     * conditional writes is refused without this; with it, {@linkplain ExclusiveWriterStorageClient this process keeps
     * them}, and leases keep order in this process only. It changes nothing for a store that keeps them. {@code false}
     * unless set.
     */
    public BackupManagerBuilder exclusiveWriter(boolean value) {
        refuseSecond("exclusiveWriter", store.exclusiveWriter);
        store.exclusiveWriter = value;
        return this;
    }

    /**
     * What is done if nothing is kept yet at the place of the store, which may be a typing error, or a disk that is not
     * mounted. Unless set, the first backup makes a store there, and whatever reads it before throws
     * {@link NoSuchStoreException}. With {@code true} it is read as an empty store, as one in memory always is. With
     * {@code false} backups, too, are refused until somebody else has made the store.
     */
    public BackupManagerBuilder createStore(boolean value) {
        refuseSecond("createStore", store.create);
        store.create = value;
        return this;
    }

    /**
     * Checks the store when the manager is built, usually with {@link StorageCheck#quick}. If it is not good enough,
     * {@link #build} throws {@link UnfitStorageException} with the report. No check unless set.
     */
    public BackupManagerBuilder checkStorage(StorageCheck check) {
        refuseSecond("checkStorage", store.check);
        store.check = Objects.requireNonNull(check, "check");
        return this;
    }

    /**
     * Makes the databases that a {@link io.kvbackup.model.VerifyLevel#DRILL} restores into. Without it, and without one
     * in the {@link VerifyOptions}, a drill restores into a database of the live one's own kind; see
     * {@link VerifyOptions.Builder#scratch}.
     */
    public BackupManagerBuilder scratch(ScratchFactory factory) {
        refuseSecond("scratch", scratch);
        scratch = Objects.requireNonNull(factory, "factory");
        return this;
    }

    /**
     * Adds a listener. It is told of everything that the manager does, after the listeners that were added before it.
     */
    public BackupManagerBuilder listener(BackupListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    /**
     * Asks this URL when a run of a schedule begins (with {@code /start} behind its path), has finished, or has failed
     * ({@code /fail}), as the common services take it that raise an alarm when nobody calls any more. {@code
     * {schedule}} in it stands for the schedule's name. A service that is slow or away neither delays nor fails a job.
     *
     * @param url of http or https; never logged
     */
    public BackupManagerBuilder heartbeat(String url) {
        refuseSecond("heartbeat", heartbeat);
        heartbeat = Objects.requireNonNull(url, "url");
        return this;
    }

    /**
     * Takes settings from properties named {@code kvbackup.…}; others are passed over. Upper and lower case, dashes and
     * underscores make no difference.
     *
     * @throws IllegalArgumentException if a name with that prefix is unknown; the message says which known one is near
     */
    public BackupManagerBuilder properties(Properties source) {
        refuseSecond("properties", properties);
        Map<String, String> values = new TreeMap<>();
        source.stringPropertyNames().forEach(name -> values.put(name, source.getProperty(name)));
        properties = Settings.ofProperties(values);
        return this;
    }

    /**
     * Takes settings from environment variables named {@code KVBACKUP_…}; others are passed over.
     *
     * @param variables usually {@link System#getenv()}
     * @throws IllegalArgumentException if one about encryption is unknown; of others that are, the log warns, because
     *     clusters put variables of their own there
     */
    public BackupManagerBuilder environment(Map<String, String> variables) {
        refuseSecond("environment", environment);
        environment = Settings.ofEnvironment(variables);
        return this;
    }

    private static void refuseSecond(String what, @Nullable Object... values) {
        for (Object value : values) {
            if (value != null) {
                throw new IllegalStateException(what + " was set already");
            }
        }
    }

    /**
     * Opens the store and makes the manager. A store in a folder must not overlap with a database, the place where it
     * is restored, or temporary files, unless the database excludes the store's folder; and a database must not lie
     * where a restore of another one would destroy it.
     *
     * @throws IllegalArgumentException if a setting is missing or makes no sense; says which and what to do
     * @throws UnfitStorageException if the store did not pass the check that was {@linkplain #checkStorage asked for}
     * @throws IOException if the store cannot be opened
     */
    public BackupManager build() throws IOException {
        Settings none = Settings.ofProperties(Map.of());
        Settings settings =
                Objects.requireNonNullElse(properties, none).orElse(Objects.requireNonNullElse(environment, none));
        BackupKeys keys = keys(settings);
        Optional<String> chosen = Optional.ofNullable(format).or(() -> settings.get(Settings.Key.FORMAT));
        FormatChain chain = BackupFormat.of(chosen, keys);
        boolean spooling =
                spool != null ? spool : settings.flag(Settings.Key.SPOOL).orElse(false);
        Path temporary = temporaryDirectory != null
                ? temporaryDirectory
                : Path.of(settings.get(Settings.Key.TEMPORARY_DIRECTORY)
                        .orElseGet(() -> System.getProperty("java.io.tmpdir")));
        List<Closeable> owned = new ArrayList<>();
        Executor threads = executor;
        if (threads == null) {
            WorkerThreads workers = new WorkerThreads();
            owned.add(workers);
            threads = workers;
        }
        Overlaps overlaps = new Overlaps(List.copyOf(databases.values()), temporary);
        overlaps.requireApart();
        JobOptions jobOptions = jobs != null ? jobs : jobs(settings);
        Optional<Heartbeat> heartbeat = heartbeat(settings);
        heartbeat.ifPresent(owned::add);
        if (jobOptions.historyFolder().isPresent()) {
            overlaps.requireApart(
                    "the folder for the history of jobs",
                    jobOptions.historyFolder().get());
        }
        Clock stamps = Objects.requireNonNullElseGet(clock, Clock::systemUTC);
        StoreAccess access = store.open(settings, stamps);
        access.requireApart(overlaps);
        StoreAccess.Own own = access.own();
        owned.add(own.client());
        ManagerContext context = new ManagerContext(
                own.client(),
                own.identity(),
                access,
                keys,
                new DatabaseRegistry(databases, Optional.ofNullable(catalog), access.bare(), own.client()),
                new SnapshotBarrier(Optional.ofNullable(barrier), stamps),
                chain,
                kind(settings),
                chunkSize(settings),
                fullScanEvery != null
                        ? fullScanEvery
                        : settings.duration(Settings.Key.FULL_SCAN_EVERY).orElse(TreeOptions.FULL_SCAN_EVERY),
                spooling,
                temporary,
                jobOptions.instance().orElseGet(HostName::find),
                stamps,
                nanoTime,
                threads,
                Optional.ofNullable(scratch),
                sleeper,
                gracePeriod != null
                        ? gracePeriod
                        : settings.duration(Settings.Key.GRACE_PERIOD).orElse(DEFAULT_GRACE_PERIOD),
                owned);
        BackupManager manager = new BackupManager(
                context,
                jobOptions,
                Optional.ofNullable(executor),
                new JobEvents(listeners, context.databases()),
                replicated(settings));
        try {
            heartbeat.ifPresent(manager.jobs()::addListener);
            ScheduleSettings.apply(settings, manager);
            return manager;
        } catch (RuntimeException e) {
            manager.closeNow();
            throw e;
        }
    }

    private static JobOptions jobs(Settings settings) {
        JobOptions.Builder options = JobOptions.builder();
        settings.get(Settings.Key.JOBS_HISTORY_FOLDER).ifPresent(folder -> options.historyFolder(Path.of(folder)));
        settings.get(Settings.Key.JOBS_INSTANCE).ifPresent(options::instance);
        return options.build();
    }

    private Optional<Heartbeat> heartbeat(Settings settings) {
        Optional<String> url = Optional.ofNullable(heartbeat).or(() -> settings.get(Settings.Key.HEARTBEAT_URL));
        try {
            return url.map(Heartbeat::new);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "setting " + settings.name(Settings.Key.HEARTBEAT_URL) + ": " + e.getMessage(), e);
        }
    }

    private Map<String, ReplicationOptions> replicated(Settings settings) {
        Map<String, ReplicationOptions> all = new TreeMap<>(ReplicationSettings.of(settings));
        all.putAll(replicated);
        all.keySet().forEach(name -> {
            if (catalog == null && !databases.containsKey(name)) {
                throw new IllegalArgumentException("the replication of '" + name
                        + "' was set, and there is no database of that name; there are " + databases.keySet());
            }
        });
        return all;
    }

    private BackupKind kind(Settings settings) {
        return kind != null
                ? kind
                : settings.oneOf(Settings.Key.KIND, BackupKind.class).orElse(BackupKind.FULL);
    }

    private OptionalInt chunkSize(Settings settings) {
        OptionalLong given = chunkSize != null ? OptionalLong.of(chunkSize) : settings.bytes(Settings.Key.CHUNK_SIZE);
        return given.isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(TreeOptions.requireChunkSize((int) Math.min(given.getAsLong(), Integer.MAX_VALUE)));
    }

    /** Tries the keys now, so that a key that does not work shows before the first backup or restore. */
    private BackupKeys keys(Settings settings) throws IOException {
        Optional<EncryptionKeys> chosen = encryption != null ? Optional.of(encryption) : KeyFiles.read(settings);
        if (chosen.isEmpty()) {
            return BackupKeys.none();
        }
        BackupKeys keys = BackupKeys.of(chosen.get(), new SecureRandom());
        keys.test();
        return keys;
    }
}

package io.kvbackup;

import io.kvbackup.database.Database;
import io.kvbackup.format.ArchiveShape;
import io.kvbackup.host.ManagerContext;
import io.kvbackup.job.JobContext;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.model.StoreOutcome;
import io.kvbackup.replication.Replications;
import io.kvbackup.repository.BackupName;
import io.kvbackup.repository.BackupReader;
import io.kvbackup.repository.BackupWriter;
import io.kvbackup.repository.FormatChain;
import io.kvbackup.repository.NewBackups;
import io.kvbackup.repository.SeveralStores;
import io.kvbackup.repository.SnapshotGroup;
import io.kvbackup.repository.StoredBackup;
import io.kvbackup.repository.StoredContents;
import io.kvbackup.repository.StoredSnapshots;
import io.kvbackup.repository.archive.ArchiveBackupWriter;
import io.kvbackup.repository.tree.TreeBackupWriter;
import io.kvbackup.restore.RestoreIntents;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides what goes into a backup and how it is written, and has it written. */
final class BackupTaker {
    private static final Logger LOG = LoggerFactory.getLogger(BackupTaker.class);

    private final ManagerContext context;
    private final RestoreIntents intents;
    private final UnchangedBackup unchanged;
    private final Map<BackupKind, BackupWriter> writers;

    /** @param drift told when a scan finds what nobody had told of */
    BackupTaker(
            ManagerContext context, RestoreIntents intents, UnchangedBackup unchanged, TreeBackupWriter.Drift drift) {
        this.unchanged = unchanged;
        this.context = context;
        this.intents = intents;
        NewBackups backups = new NewBackups(
                context.storage(),
                context.identity(),
                context.instance(),
                context.keys(),
                context.clock(),
                context.nanoTime());
        SeveralStores several = new SeveralStores(context.executor(), context.nanoTime());
        writers = Map.of(
                BackupKind.FULL,
                new ArchiveBackupWriter(backups, several, context.executor()),
                BackupKind.INCREMENTAL,
                new TreeBackupWriter(backups, several, context.trees(), drift));
    }

    Backup one(String name, BackupOptions options, JobContext job) throws IOException {
        return Stores.requireAll(oneToStores(name, options, job));
    }

    Backup all(BackupOptions options, JobContext job) throws IOException {
        return Stores.requireAll(allToStores(options, job));
    }

    Map<String, StoreOutcome> oneToStores(String name, BackupOptions options, JobContext job) throws IOException {
        return write(name, ArchiveShape.DATABASE, List.of(context.databases().existing(name)), options, job);
    }

    Map<String, StoreOutcome> allToStores(BackupOptions options, JobContext job) throws IOException {
        List<Database> all = new ArrayList<>();
        for (String name : context.databases().names()) {
            all.add(context.databases().target(name));
        }
        return write(Backup.ALL_DATABASES, ArchiveShape.FULL, all, options, job);
    }

    /** A base for a replication, in these stores and no others. */
    Map<String, StoreOutcome> base(Replications.Bases.Request base, Map<String, StorageClient> stores, JobContext job)
            throws IOException {
        Database database = context.databases().existing(base.database());
        BackupWriter.Request request = new BackupWriter.Request(
                base.database(),
                Set.of(base.database()),
                ArchiveShape.DATABASE,
                BackupFormat.chosen(BackupKind.INCREMENTAL, Optional.empty(), context),
                context.temporaryDirectory(),
                false,
                true,
                Set.of(),
                job,
                () -> {
                    job.checkActive();
                    base.mayCommit().run();
                },
                Optional.empty(),
                base.log().map(log -> log.of(database)));
        BackupWriter.SnapshotSource source = () -> {
            SnapshotGroup snapshots = context.barrier().open(List.of(database));
            base.opened().run();
            return snapshots;
        };
        BackupWriter writer = Objects.requireNonNull(writers.get(BackupKind.INCREMENTAL));
        Map<String, StoreOutcome> outcomes = stores.keySet().equals(Set.of(BackupOptions.OWN_STORE))
                ? Map.of(BackupOptions.OWN_STORE, Stores.stored(writer.write(request, source)))
                : writer.write(request, source, stores);
        job.result(Stores.requireAny(outcomes).objectName());
        return outcomes;
    }

    /**
     * Writes a backup in the way of another kind, under its stamp.
     *
     * @param reader reads it
     */
    Backup convert(StoredBackup backup, BackupReader reader, BackupKind kind, JobContext job) throws IOException {
        FormatChain from = backup.name().chain();
        String name = backup.name().objectName();
        if (from.kind() == kind) {
            throw new IllegalArgumentException(name + " is of kind " + kind + " already");
        }
        if (BackupName.parse(name).isEmpty()) {
            throw new IllegalArgumentException(name
                    + " does not have the name of a backup, so its twin would have none; upload it under one first");
        }
        if (context.keys().areConfigured() && !from.transforms().isEncrypted()) {
            throw new IOException(
                    name + " is not encrypted, and this manager has encryption keys: anybody who can write"
                            + " to the store could have put it there, and nobody could tell of its twin");
        }
        FormatChain chain = BackupFormat.chosen(kind, Optional.empty(), context);
        StoredContents contents = reader.contents(backup);
        removeLeftover(BackupName.of(backup.name().database(), backup.name().timestamp(), chain));
        try (StoredSnapshots snapshots = new StoredSnapshots(reader, backup)) {
            BackupWriter.Request request = new BackupWriter.Request(
                    backup.name().database(),
                    contents.databaseNames(),
                    contents.shape(),
                    chain,
                    context.temporaryDirectory(),
                    false,
                    true,
                    backup.marks().tags(),
                    job,
                    job::checkActive,
                    Optional.of(backup.name().timestamp()),
                    Optional.empty());
            return Objects.requireNonNull(writers.get(kind)).write(request, snapshots::open);
        }
    }

    /** The twin of a conversion that has died, which would be in the way of its own name. */
    private void removeLeftover(BackupName twin) throws IOException {
        Optional<StorageObject> left = context.storage().stat(twin.objectName());
        if (left.isEmpty()
                || context.storage()
                        .stat(BackupName.manifestName(twin.objectName()))
                        .isPresent()) {
            return;
        }
        Instant over = left.get().lastModified().plus(context.grace());
        if (context.storeClock().now().isBefore(over)) {
            throw new IOException(twin.objectName() + " is there without a manifest: somebody else converts the same"
                    + " backup, or has died doing so; wait for it, or try again after " + over
                    + ", when it is older than the grace period");
        }
        LOG.info("{} was left by a process that died, and is removed", twin.objectName());
        context.storage().delete(List.of(twin.objectName()));
    }

    private Map<String, StoreOutcome> write(
            String folder, ArchiveShape shape, Collection<Database> databases, BackupOptions options, JobContext job)
            throws IOException {
        intents.unfinished(databases)
                .forEach(each -> LOG.warn("backup of {}, whose databases may not fit together: {}", folder, each));
        BackupKind kind = options.kind().orElse(context.kind());
        FormatChain chain = BackupFormat.chosen(kind, options.format(), context);
        Set<String> names = new TreeSet<>();
        databases.forEach(database -> names.add(database.name()));
        job.hold(names);
        ProgressListener listener = job.andThen(options.progress());
        BackupWriter.Request request = new BackupWriter.Request(
                folder,
                names,
                shape,
                chain,
                context.temporaryDirectory(),
                options.spool().orElse(context.spool()),
                !options.newLineage(),
                options.tags(),
                listener,
                job::checkActive,
                Optional.empty(),
                Optional.empty());
        BackupWriter writer = Objects.requireNonNull(writers.get(kind));
        BackupWriter.SnapshotSource source = () -> context.barrier().open(databases);
        Optional<Backup> same = options.skipIfUnchanged() ? same(writer, request, kind, source) : Optional.empty();
        Map<String, StoreOutcome> outcomes = same.isPresent()
                ? Map.of(BackupOptions.OWN_STORE, Stores.stored(same.get()))
                : write(writer, request, source, options.alsoTo());
        job.result(Stores.requireAny(outcomes).objectName());
        return outcomes;
    }

    /**
     * The newest backup if it holds the same as the databases, otherwise a new one; empty if that must be asked anew.
     */
    private Optional<Backup> same(
            BackupWriter writer, BackupWriter.Request request, BackupKind kind, BackupWriter.SnapshotSource source)
            throws IOException {
        Optional<StoredBackup> newest = unchanged.candidate(request.folder(), kind, request.chain());
        if (newest.isEmpty()) {
            return Optional.empty();
        }
        Backup taken = writer.write(request.unlessEqual(newest.get()), source);
        boolean skipped = taken.objectName().equals(newest.get().name().objectName());
        return skipped ? unchanged.use(newest.get(), request.tags()) : Optional.of(taken);
    }

    private Map<String, StoreOutcome> write(
            BackupWriter writer,
            BackupWriter.Request request,
            BackupWriter.SnapshotSource source,
            Map<String, StorageClient> alsoTo)
            throws IOException {
        if (alsoTo.isEmpty()) {
            Backup backup = writer.write(request, source);
            return Map.of(BackupOptions.OWN_STORE, Stores.stored(backup));
        }
        for (StorageClient store : alsoTo.values()) {
            context.overlaps().requireApart(store);
        }
        try (Stores stores = new Stores(context, alsoTo)) {
            return writer.write(request, source, stores.all());
        }
    }
}

package io.kvbackup;

import io.kvbackup.database.Database;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.format.ArchiveShape;
import io.kvbackup.model.Backup;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.repository.ArchiveReader;
import io.kvbackup.repository.ArchiveRestore;
import io.kvbackup.repository.BackupCatalog;
import io.kvbackup.repository.BackupName;
import io.kvbackup.repository.BackupWriter;
import io.kvbackup.repository.DatabaseLocks;
import io.kvbackup.repository.SetReader;
import io.kvbackup.repository.FormatChain;
import io.kvbackup.repository.StoredBackup;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Takes backups of the host's databases, lists, verifies and restores them.
 *
 * <p>All methods block until the work is done. They throw {@link IOException} for anything that goes wrong on the way, with
 * {@link java.nio.file.NoSuchFileException} for a backup that is not there and
 * {@link io.kvbackup.model.CorruptBackupException} for one that is not what was written, and
 * {@link IllegalArgumentException} for names and options that make no sense. A backup that fails leaves nothing that could be
 * taken for a backup; if the process dies, there may be an archive that is whole but {@linkplain Backup#hasManifest() has no
 * manifest}. A restore that fails leaves the live database as it was; of several databases, some may be restored and others
 * not, and the exception names them. Interrupting the thread ends the work in the same way.
 *
 * <p>Safe for use by several threads. Backups and restores of one database wait for each other, those of different databases
 * run side by side.
 */
public final class BackupManager implements Closeable {
    private final ManagerContext context;
    private final BackupCatalog catalog;
    private final BackupWriter writer;
    private final ArchiveReader reader;
    private final Restores restores;
    private final BackupFiles files;
    private final DatabaseLocks locks = new DatabaseLocks();
    private final AtomicBoolean closed = new AtomicBoolean();

    BackupManager(ManagerContext context) {
        this.context = context;
        catalog = new BackupCatalog(context.storage());
        writer = new BackupWriter(context.storage(), context.clock(), context.nanoTime(), context.executor());
        reader = new ArchiveReader(context.storage(), context.nanoTime(), context.executor());
        restores = new Restores(context.databases(), catalog, new ArchiveRestore(reader), locks);
        files = new BackupFiles(context.storage());
    }

    public static BackupManagerBuilder builder() {
        return new BackupManagerBuilder();
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
        requireOpen();
        return backup(name, ArchiveShape.DATABASE, List.of(context.databases().existing(name)), options);
    }

    /** Backs up all databases; see {@link #backupAllDatabases(BackupOptions)}. */
    public Backup backupAllDatabases() throws IOException {
        return backupAllDatabases(BackupOptions.defaults());
    }

    /**
     * Backs up all databases into one archive. All snapshots are opened first, while the host's barrier is held if it gave
     * one, so that with a barrier the databases are backed up as they are at one moment.
     */
    public Backup backupAllDatabases(BackupOptions options) throws IOException {
        requireOpen();
        List<Database> all = new ArrayList<>();
        for (String name : context.databases().names()) {
            all.add(context.databases().target(name));
        }
        return backup(Backup.ALL_DATABASES, ArchiveShape.FULL, all, options);
    }

    private Backup backup(String folder, ArchiveShape shape, Collection<Database> databases, BackupOptions options)
            throws IOException {
        FormatChain chain = options.format().map(FormatChain::parse).orElse(context.format());
        Optional<Path> spool =
                options.spool().orElse(context.spool()) ? Optional.of(context.temporaryDirectory()) : Optional.empty();
        Set<String> folders = new TreeSet<>(Set.of(Backup.ALL_DATABASES));
        databases.forEach(database -> folders.add(database.name()));
        BackupWriter.Request request =
                new BackupWriter.Request(folder, folders, shape, chain, spool, options.progress());
        try (DatabaseLocks.Held held =
                locks.hold(databases.stream().map(Database::name).toList())) {
            return writer.write(request, () -> context.barrier().open(databases));
        }
    }

    /** Restores a database to where it came from; see {@link #restoreDatabase(String, RestoreOptions)}. */
    public Backup restoreDatabase(String objectName) throws IOException {
        return restoreDatabase(objectName, RestoreOptions.defaults());
    }

    /**
     * Restores one database. Reads and verifies the whole backup, stages its entries beside the live data, and only then
     * swaps them in.
     *
     * @param objectName of a backup of this database, or of all databases with {@link RestoreOptions.Builder#database}
     * @return what was restored
     * @throws FileAlreadyExistsException if {@link RestoreOptions.Builder#ifAbsent} was asked for and there are entries
     */
    public Backup restoreDatabase(String objectName, RestoreOptions options) throws IOException {
        requireOpen();
        return restores.one(objectName, options);
    }

    /** Restores every database of a backup; see {@link #restoreAllDatabases(String, RestoreOptions)}. */
    public Backup restoreAllDatabases(String objectName) throws IOException {
        return restoreAllDatabases(objectName, RestoreOptions.defaults());
    }

    /**
     * Restores every database that a backup holds; databases that it does not hold stay as they are, unless
     * {@link RestoreOptions.Builder#dropOthers} says otherwise. All are staged and verified before the first is swapped in;
     * the swaps follow one another, each atomic in itself.
     */
    public Backup restoreAllDatabases(String objectName, RestoreOptions options) throws IOException {
        requireOpen();
        return restores.all(objectName, options);
    }

    /** Restores the newest backup of a database; see {@link #restoreLatest(String, RestoreOptions)}. */
    public Optional<Backup> restoreLatest(String database) throws IOException {
        return restoreLatest(database, RestoreOptions.defaults());
    }

    /**
     * Restores the newest backup that holds a database, be it of this database alone or of all. A backup with a manifest
     * goes before any without.
     *
     * @return what was restored, or empty if the store holds no backup of the database
     */
    public Optional<Backup> restoreLatest(String database, RestoreOptions options) throws IOException {
        requireOpen();
        return restores.latest(BackupName.requireDatabaseName(database), options);
    }

    /** All backups in the store, newest first. Reads names only: {@link Backup#contents()} is empty. */
    public List<Backup> listBackups() throws IOException {
        requireOpen();
        return catalog.list();
    }

    /**
     * The backups of one database, newest first. Reads names only: {@link Backup#contents()} is empty.
     *
     * @param database its name, or {@link Backup#ALL_DATABASES} for the backups of all databases together
     */
    public List<Backup> listBackups(String database) throws IOException {
        requireOpen();
        return catalog.list(database);
    }

    /** A backup with what its manifest says. */
    public Backup describe(String objectName) throws IOException {
        requireOpen();
        return catalog.find(objectName).describe();
    }

    /** Verifies a backup; see {@link #verify(String, ProgressListener)}. */
    public VerifyReport verify(String objectName) throws IOException {
        return verify(objectName, ProgressListener.NONE);
    }

    /**
     * Reads a backup from end to end and checks every digest, count and name.
     *
     * @throws io.kvbackup.model.CorruptBackupException if anything is not as it was written
     */
    public VerifyReport verify(String objectName, ProgressListener listener) throws IOException {
        requireOpen();
        long start = context.nanoTime().getAsLong();
        StoredBackup backup = catalog.find(objectName);
        long entries = reader.verify(backup, listener).entryCount();
        Duration took = Duration.ofNanos(context.nanoTime().getAsLong() - start);
        return new VerifyReport(backup.describe(), entries, took);
    }

    /** Reads a whole backup into memory, verified. For small ones. */
    public FullBackup load(String objectName) throws IOException {
        requireOpen();
        StoredBackup backup = catalog.find(objectName);
        FullBackup.Collector collector = new FullBackup.Collector();
        reader.read(backup, collector, ProgressListener.NONE);
        return collector.result(backup.name().timestamp());
    }

    /**
     * Pushes the entries of one set of a backup to a visitor, without restoring anything: to look a key up, or to list the
     * files of a folder. The archive is verified as it is read, so what was visited is known to be good only when this
     * returns.
     *
     * @param database as it was named when the backup was taken
     * @throws IllegalArgumentException if the backup does not hold the database or the set
     */
    public void readEntries(String objectName, String database, String set, KeyRange keys, EntryVisitor to)
            throws IOException {
        requireOpen();
        new SetReader(reader).read(catalog.find(objectName), database, set, keys, to);
    }

    /** Removes a backup from the store: first the manifest, then the archive. */
    public void deleteBackup(String objectName) throws IOException {
        requireOpen();
        catalog.delete(objectName);
    }

    /**
     * Copies an archive out of the store into a file, verified on the way. The file appears when it is complete and replaces
     * any of that name.
     */
    public void downloadFile(String objectName, Path file) throws IOException {
        requireOpen();
        files.download(catalog.find(objectName), file);
    }

    /**
     * Copies an archive from a file into the store, where it is listed as a backup without manifest.
     *
     * @param objectName as {@code backups/<database>/<timestamp>.<format>}; must not exist yet
     */
    public void uploadFile(Path file, String objectName) throws IOException {
        requireOpen();
        files.upload(file, objectName);
    }

    /** Ends the manager; closes the store if it was opened from a URI. Work that is under way fails. */
    @Override
    public void close() throws IOException {
        if (closed.compareAndSet(false, true)) {
            context.close();
        }
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new IllegalStateException("the backup manager is closed");
        }
    }

    /** The names of all databases that exist now: those registered, and those of the catalog. */
    public Set<String> databaseNames() throws IOException {
        requireOpen();
        return context.databases().names();
    }
}

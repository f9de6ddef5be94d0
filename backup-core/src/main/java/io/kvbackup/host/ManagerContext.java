package io.kvbackup.host;

import io.kvbackup.database.ScratchFactory;
import io.kvbackup.model.BackupKind;
import io.kvbackup.repository.BackupKeys;
import io.kvbackup.repository.BackupReader;
import io.kvbackup.repository.FormatChain;
import io.kvbackup.repository.LeaseStore;
import io.kvbackup.repository.LeaseTime;
import io.kvbackup.repository.Sleeper;
import io.kvbackup.repository.StoreClock;
import io.kvbackup.repository.StoreIdentity;
import io.kvbackup.repository.archive.ArchiveReader;
import io.kvbackup.repository.tree.TreeOptions;
import io.kvbackup.repository.tree.TreeReader;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.throttle.ThrottledStorageClient;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * What a manager was built with.
 *
 * @param storage where backups lie
 * @param identity says whether it is a store, and which
 * @param access how that store and others are reached
 * @param keys encrypt backups
 * @param databases what is backed up
 * @param barrier keeps writers away while several snapshots are opened
 * @param format archive format and transforms of new backups
 * @param kind of new backups
 * @param chunkSize of incremental ones, if the host chose it
 * @param fullScanEvery after which time incremental backups read everything, whatever is known of changes
 * @param spool whether archives go through a temporary file
 * @param temporaryDirectory where temporary files lie
 * @param instance name of this process, for those who read who took a backup
 * @param clock stamps new backups
 * @param nanoTime measures durations
 * @param executor runs tasks beside each backup and restore
 * @param scratch makes databases for drills, if the host has a way
 * @param sleeper lets time pass
 * @param grace how long the data of removed backups stays
 * @param owned what the manager made itself and closes
 */
public record ManagerContext(
        ThrottledStorageClient storage,
        StoreIdentity identity,
        StoreAccess access,
        BackupKeys keys,
        DatabaseRegistry databases,
        SnapshotBarrier barrier,
        FormatChain format,
        BackupKind kind,
        OptionalInt chunkSize,
        Duration fullScanEvery,
        boolean spool,
        Path temporaryDirectory,
        String instance,
        Clock clock,
        LongSupplier nanoTime,
        Executor executor,
        Optional<ScratchFactory> scratch,
        Sleeper sleeper,
        Duration grace,
        List<Closeable> owned)
        implements Closeable {
    public ManagerContext {
        owned = List.copyOf(owned);
    }

    /** What stamps can be believed now. */
    public StoreClock storeClock() {
        return StoreClock.of(storage, clock);
    }

    /** What another store of the host's must not overlap with. */
    public Overlaps overlaps() {
        return new Overlaps(databases.lasting(), temporaryDirectory);
    }

    /** Reads backups of every kind out of the manager's store, as it is reached by {@code storage}. */
    public BackupReader reader(StorageClient storage) {
        return BackupReader.byKind(
                new ArchiveReader(storage, nanoTime, executor), new TreeReader(storage, nanoTime, executor));
    }

    /** The same out of the manager's own store; what is lost or damaged of trees is looked for in other packs. */
    public BackupReader salvagingReader() {
        return BackupReader.byKind(
                new ArchiveReader(storage, nanoTime, executor),
                new TreeReader(storage, nanoTime, executor).salvaging());
    }

    /** How the trees of incremental backups are made. */
    public TreeOptions trees() {
        return new TreeOptions(chunkSize, TreeOptions.PACK_BYTES, grace, fullScanEvery, new SecureRandom(), executor);
    }

    /** Leases in the store. */
    public LeaseStore leases() {
        return new LeaseStore(storage, new LeaseTime(clock, nanoTime, sleeper), new SecureRandom());
    }

    /** Closes what the manager made itself. */
    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (Closeable each : owned) {
            try {
                each.close();
            } catch (IOException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}

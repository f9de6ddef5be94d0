package io.kvbackup.repository;

import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupContents;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * What new backups of every kind need: names that are free, keys, and what tells how far they are. Safe for use by
 * several threads.
 */
public final class NewBackups {
    /** Another process may take the same name; its stamps move on as ours do, so a few attempts are plenty. */
    private static final int NAME_ATTEMPTS = 5;

    private final StorageClient storage;
    private final BackupKeys keys;
    private final Clock clock;
    private final BackupTimestamps timestamps;
    private final LongSupplier nanoTime;
    private final StoreIdentity identity;
    private final String instance;

    /**
     * @param storage where backups are written that are not for several stores
     * @param identity of that store
     * @param instance name of this process
     */
    public NewBackups(
            StorageClient storage,
            StoreIdentity identity,
            String instance,
            BackupKeys keys,
            Clock clock,
            LongSupplier nanoTime) {
        this.storage = storage;
        this.identity = identity;
        this.instance = instance;
        this.keys = keys;
        this.clock = clock;
        this.timestamps = new BackupTimestamps(storage);
        this.nanoTime = nanoTime;
    }

    public StorageClient storage() {
        return storage;
    }

    /** What this store holds of the same databases. */
    public BackupTimestamps.Earlier earlier(BackupWriter.Request request) throws IOException {
        return earlier(storage, request);
    }

    /** What a store holds of the same databases. */
    public BackupTimestamps.Earlier earlier(StorageClient store, BackupWriter.Request request) throws IOException {
        return stamps(store).newestSince(clock.instant(), request.folder(), request.databases());
    }

    /** The same, and shows an observer the folder. */
    public BackupTimestamps.Earlier earlier(
            StorageClient store, BackupWriter.Request request, BackupTimestamps.Observer observer) throws IOException {
        return stamps(store).newestSince(clock.instant(), request.folder(), request.databases(), observer);
    }

    private BackupTimestamps stamps(StorageClient store) throws IOException {
        if (store != storage) {
            return new BackupTimestamps(store);
        }
        // A place that must not become a store is refused before anything is scanned.
        identity.claim();
        return timestamps;
    }

    public Clock clock() {
        return clock;
    }

    public BackupKeys keys() {
        return keys;
    }

    /** Writes a backup under a new name. */
    @FunctionalInterface
    public interface Attempt {
        Backup run() throws IOException;
    }

    /** Writes under another name if somebody else has taken the first; the next stamp is later in any case. */
    public static Backup underFreeName(BackupWriter.Request request, Attempt each) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return each.run();
            } catch (PreconditionFailedException e) {
                if (attempt == NAME_ATTEMPTS) {
                    throw e;
                }
                // A lease that was lost fails in the same way, and no other name helps.
                request.mayCommit().run();
            }
        }
    }

    /**
     * A new name, and a new key if it is needed.
     *
     * @param opened when the snapshots were
     * @param newest stamp of earlier backups
     */
    public NewBackup begin(BackupWriter.Request request, Instant opened, Instant newest) throws IOException {
        Instant stamp = request.stamp().isPresent() ? request.stamp().get() : timestamps.next(opened, newest);
        BackupName name =
                BackupName.of(request.folder(), stamp, request.chain()).requireReadable();
        boolean encrypted = name.chain().transforms().isEncrypted();
        return new NewBackup(
                name,
                encrypted ? Optional.of(keys.create(name.objectName())) : Optional.empty(),
                keys,
                new BackupContents.Writer(instance, LibraryVersion.VALUE, identity.id()));
    }

    /** Begins to watch how long an upload takes. */
    public UploadTime startUpload() {
        return UploadTime.start(clock, nanoTime);
    }

    /** Tells the listener of one pass over the snapshots. */
    public ProgressMeter meter(List<DatabaseSnapshot> snapshots, ProgressListener listener) {
        long[] total = {0};
        for (DatabaseSnapshot snapshot : snapshots) {
            OptionalLong estimate = snapshot.estimatedEntries();
            total[0] = estimate.isEmpty() || total[0] < 0 ? -1 : total[0] + estimate.getAsLong();
        }
        ProgressMeter[] meter = new ProgressMeter[1];
        meter[0] = new ProgressMeter(
                listener, nanoTime, () -> total[0] <= 0 ? -1 : (double) meter[0].entries() / total[0]);
        return meter[0];
    }
}

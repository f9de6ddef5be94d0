package io.kvbackup.copy;

import io.kvbackup.host.ManagerContext;
import io.kvbackup.host.StorePlace;
import io.kvbackup.model.Backup;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.repository.BackupCatalog;
import io.kvbackup.repository.StoredArchive;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Copies backups into other stores. */
@SuppressWarnings("exports") // for the manager, which alone can name what it is made of
public final class Copier {
    private final ManagerContext context;
    private final BackupCatalog catalog;

    public Copier(ManagerContext context, BackupCatalog catalog) {
        this.context = context;
        this.catalog = catalog;
    }

    public CopyReport copy(String objectName, StorageClient target, ProgressListener listener) throws IOException {
        StorePlace from = StorePlace.of(context.access().bare());
        StorePlace to = StorePlace.of(target);
        if (to.isSameAs(from)) {
            throw new IllegalArgumentException("cannot copy " + objectName + " to where it is: the target " + target
                    + " is the store of this manager; name another, or a PrefixedStorageClient with another prefix");
        }
        context.overlaps().requireApart(target);
        long start = context.nanoTime().getAsLong();
        StoredArchive backup = catalog.findArchive(objectName);
        CopyMeter meter =
                new CopyMeter(listener, context.nanoTime(), backup.archive().size());
        CopyReport.Way way;
        try (StorageClient reached = context.access().to(target)) {
            way = new BackupCopier(context.storage(), reached, context.clock(), inside(from, to)).copy(backup, meter);
        }
        meter.finish();
        Duration took = Duration.ofNanos(context.nanoTime().getAsLong() - start);
        Backup copy = catalog.describe(backup.withoutVerifications());
        return new CopyReport(copy, way, took);
    }

    private Optional<BackupCopier.InsideCopy> inside(StorePlace from, StorePlace to) {
        if (!to.isInStoreOf(from)) {
            return Optional.empty();
        }
        return Optional.of(key -> {
            try (StorageClient whole = context.access().toWhole(from.whole())) {
                whole.copy(from.keyInWhole(key), to.keyInWhole(key));
            }
        });
    }

    /** Copies into the store of another manager, unless it works on the same place. */
    public void copyUnlessThere(String objectName, StorageClient target, ProgressListener listener) throws IOException {
        if (!StorePlace.of(target).isSameAs(StorePlace.of(context.access().bare()))) {
            copy(objectName, target, listener);
        }
    }
}

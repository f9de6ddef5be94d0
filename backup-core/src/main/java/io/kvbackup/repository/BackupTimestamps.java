package io.kvbackup.repository;

import io.kvbackup.model.Backup;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Time stamps for new backups. A backup whose snapshot is opened later has a later stamp, even when the clock was set back:
 * whatever sorts by stamp, above all "restore the latest", would otherwise return to older data.
 *
 * <p>Among the backups of one manager that holds as long as its clock is not set back by more than {@link
 * Backup#CLOCK_SKEW}. Another process's backups count from the moment they are in the store; while both run, the processes' clocks
 * decide. Stamps that are not credible ({@link StoreClock}) are not followed.
 */
final class BackupTimestamps {
    private static final Logger LOG = LoggerFactory.getLogger(BackupTimestamps.class);

    private final StorageClient storage;
    private final AtomicReference<Instant> last = new AtomicReference<>(Instant.EPOCH);

    BackupTimestamps(StorageClient storage) {
        this.storage = storage;
    }

    /** The newest credible stamp in the given folders, if it is not before {@code now}. Costs one LIST for each folder. */
    Instant newestSince(Instant now, Collection<String> folders) throws IOException {
        Instant newest = Instant.EPOCH;
        for (String folder : folders) {
            newest = later(newest, newestSince(now, folder));
        }
        if (newest.isAfter(now.plus(1, ChronoUnit.SECONDS))) {
            LOG.warn(
                    "The clock shows {}, but there is a backup from {}, {} later: was the clock set back?",
                    now,
                    newest,
                    Duration.between(now, newest));
        }
        return newest;
    }

    private Instant newestSince(Instant now, String folder) throws IOException {
        StoreClock clock = new StoreClock(storage.hasOwnClock(), now);
        Instant newest = Instant.EPOCH;
        String after = BackupName.lowerBound(folder, now.minusMillis(1));
        try (Stream<StorageObject> objects = storage.list(BackupName.folder(folder), after)) {
            for (Iterator<StorageObject> each = objects.iterator(); each.hasNext(); ) {
                StorageObject object = each.next();
                newest = BackupName.parse(object.key())
                        .filter(name -> clock.isCredible(name, object))
                        .map(BackupName::timestamp)
                        .filter(newest::isBefore)
                        .orElse(newest);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return newest;
    }

    /** A stamp for snapshots that were opened at {@code opened}: then, or as soon as possible after all earlier stamps. */
    Instant next(Instant opened, Instant newest) {
        Instant wanted = later(opened, newest.plusMillis(1)).truncatedTo(ChronoUnit.MILLIS);
        return last.updateAndGet(
                previous -> Backup.isCredible(previous, wanted) ? later(wanted, previous.plusMillis(1)) : wanted);
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}

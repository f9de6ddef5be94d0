package io.kvbackup.repository;

import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Time stamps for new backups. A backup that is taken later has a later stamp, even when the clock was set back: whatever
 * sorts by stamp, above all "restore the latest", would otherwise return to older data.
 */
final class BackupTimestamps {
    private static final Logger LOG = LoggerFactory.getLogger(BackupTimestamps.class);

    private final StorageClient storage;
    private final Clock clock;
    private final Map<String, Instant> last = new ConcurrentHashMap<>();

    BackupTimestamps(StorageClient storage, Clock clock) {
        this.storage = storage;
        this.clock = clock;
    }

    /** A stamp after that of every backup of the database. Costs one LIST. */
    Instant next(String database) throws IOException {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Instant newest = newestFrom(database, now);
        if (newest.isAfter(now)) {
            LOG.warn(
                    "The clock shows {}, but there is a backup of {} from {}: was the clock set back?",
                    now,
                    database,
                    newest);
        }
        return last.merge(
                database,
                later(now, newest.plusMillis(1)),
                (previous, wanted) -> later(wanted, previous.plusMillis(1)));
    }

    private Instant newestFrom(String database, Instant now) throws IOException {
        Instant newest = Instant.EPOCH;
        String after = BackupName.lowerBound(database, now.minusMillis(1));
        try (Stream<StorageObject> objects = storage.list(BackupName.folder(database), after)) {
            for (Iterator<StorageObject> each = objects.iterator(); each.hasNext(); ) {
                newest = BackupName.parse(each.next().key())
                        .map(BackupName::timestamp)
                        .filter(newest::isBefore)
                        .orElse(newest);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return newest.truncatedTo(ChronoUnit.MILLIS);
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}

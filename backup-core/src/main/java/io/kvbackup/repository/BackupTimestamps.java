package io.kvbackup.repository;

import io.kvbackup.model.Backup;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Time stamps for new backups. A backup whose snapshot is opened later has a later stamp, even when the clock was set
 * back: whatever sorts by stamp, above all "restore the latest", would otherwise return to older data.
 *
 * <p>Among the backups of one manager that holds as long as its clock is not set back by more than {@link
 * Backup#CLOCK_SKEW}. Another process's backups count from the moment they are in the store; while both run, the
 * processes' clocks decide. Stamps that are not credible ({@link StoreClock}) are not followed.
 */
public final class BackupTimestamps {
    private static final Logger LOG = LoggerFactory.getLogger(BackupTimestamps.class);

    private final StorageClient storage;
    private final AtomicReference<Instant> last = new AtomicReference<>(Instant.EPOCH);
    /** Whether the store has ever had backups of all databases; null before the first look. */
    private final AtomicReference<@Nullable Boolean> anyOfAll = new AtomicReference<>();

    public BackupTimestamps(StorageClient storage) {
        this.storage = storage;
    }

    /**
     * What a store holds already.
     *
     * @param newest the newest stamp, if it is not before now
     * @param notes empty objects that must be there before a backup of all databases exists, and are not
     */
    public record Earlier(Instant newest, List<String> notes) {
        public static Earlier unknown(String folder, Collection<String> databases) {
            return new Earlier(
                    Instant.EPOCH,
                    folder.equals(Backup.ALL_DATABASES)
                            ? databases.stream().map(BackupName::heldNote).toList()
                            : List.of());
        }
    }

    /**
     * The newest credible stamp of the backups to which a new one is the next, if it is not before {@code now}.
     *
     * <p>For a backup of one database this costs one LIST of its folder. Backups of all databases count too: whoever
     * takes one leaves a note in the folder of each database before it exists, and only where there is one, or where
     * the store had such backups when this looked first, their folder is listed as well. For a backup of all databases
     * it costs one LIST for each of them and one more.
     *
     * @param folder where the new one is to lie
     * @param databases those it holds
     */
    public Earlier newestSince(Instant now, String folder, Collection<String> databases) throws IOException {
        return newestSince(now, folder, databases, new Observer(now, each -> {}));
    }

    /**
     * Looks at what lies in the folder, along the way.
     *
     * @param from stamp of the first backups that it wants to see, which costs nothing if the rest of the folder is one
     *     page
     * @param each is told of every object
     */
    public record Observer(Instant from, Consumer<StorageObject> each) {}

    /** The same, and tells an observer what lies in the folder; the stamp may be one before now then. */
    public Earlier newestSince(Instant now, String folder, Collection<String> databases, Observer observer)
            throws IOException {
        Look look = new Look(now, folder, observer);
        List<String> notes = new ArrayList<>();
        boolean ofAll = folder.equals(Backup.ALL_DATABASES);
        for (String database : databases) {
            if (!look.at(database) && ofAll) {
                notes.add(BackupName.heldNote(database));
            }
        }
        if (ofAll || look.noted || anyOfAll()) {
            look.at(Backup.ALL_DATABASES);
        }
        if (look.newest.isAfter(now.plus(1, ChronoUnit.SECONDS))) {
            LOG.warn(
                    "The clock shows {}, but there is a backup from {}, {} later: was the clock set back?",
                    now,
                    look.newest,
                    Duration.between(now, look.newest));
        }
        if (look.ignored.isAfter(now)) {
            LOG.warn(
                    "The clock shows {}, but there is a backup from {}, {} later, which cannot be believed and is "
                            + "not followed: is one of the clocks wrong?",
                    now,
                    look.ignored,
                    Duration.between(now, look.ignored));
        }
        return new Earlier(look.newest, notes);
    }

    /** Older versions of this library leave no notes; what they have left before shows. */
    private boolean anyOfAll() throws IOException {
        Boolean known = anyOfAll.get();
        if (known != null) {
            return known;
        }
        try (Stream<StorageObject> any = storage.list(BackupName.folder(Backup.ALL_DATABASES))) {
            boolean found = any.findFirst().isPresent();
            anyOfAll.set(found);
            return found;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private final class Look {
        private final Instant now;
        private final String observed;
        private final Observer observer;
        private final StoreClock clock;
        private Instant newest = Instant.EPOCH;
        private Instant ignored = Instant.EPOCH;
        private boolean noted;

        private Look(Instant now, String observed, Observer observer) {
            this.now = now;
            this.observed = observed;
            this.observer = observer;
            this.clock = new StoreClock(storage.traits().ownClock(), now);
        }

        /** Returns whether there is a note. */
        private boolean at(String folder) throws IOException {
            boolean here = false;
            String note = BackupName.heldNote(folder);
            boolean watched = folder.equals(observed) && observer.from().isBefore(now);
            Instant from = watched ? observer.from() : now;
            String after = from.isAfter(Instant.EPOCH) ? BackupName.lowerBound(folder, from.minusMillis(1)) : "";
            try (Stream<StorageObject> objects = storage.list(BackupName.folder(folder), after)) {
                for (Iterator<StorageObject> each = objects.iterator(); each.hasNext(); ) {
                    StorageObject object = each.next();
                    String key = object.key();
                    if (watched) {
                        observer.each().accept(object);
                    }
                    here |= key.equals(note);
                    BackupName.parse(key).ifPresent(name -> add(name, object));
                }
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
            noted |= here;
            return here;
        }

        private void add(BackupName name, StorageObject archive) {
            if (clock.isCredible(name, archive)) {
                newest = later(newest, name.timestamp());
            } else {
                ignored = later(ignored, name.timestamp());
            }
        }
    }

    /**
     * A stamp for snapshots that were opened at {@code opened}: then, or as soon as possible after all earlier stamps.
     */
    public Instant next(Instant opened, Instant newest) {
        Instant wanted = later(opened, newest.plusMillis(1)).truncatedTo(ChronoUnit.MILLIS);
        return last.updateAndGet(
                previous -> Backup.isCredible(previous, wanted) ? later(wanted, previous.plusMillis(1)) : wanted);
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}

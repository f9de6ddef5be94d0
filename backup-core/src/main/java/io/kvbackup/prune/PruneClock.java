package io.kvbackup.prune;

import io.kvbackup.model.Backup;
import io.kvbackup.repository.BackupName;
import io.kvbackup.repository.Lease;
import io.kvbackup.repository.LeaseKeeper;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether a prune may trust the clock. If the store has a clock of its own, it always may. In a folder, the
 * only clock is that of the pruning machine, so it is compared with the times that earlier prunes and writers have
 * left. If it shows a time before the last prune, or after a silence of more than {@link #longestSilence}, this clock
 * or another one may be wrong, and the prune removes nothing. It records its doubt in the lease. A prune that comes a
 * grace period later, by a clock that was not set in between, goes on, unless somebody has since written a backup whose
 * time lies long before.
 *
 * <p>So a clock that is ahead, however far, removes nothing while others write; machines with contradicting clocks
 * remove nothing while they take turns; and a folder that was silent for long is pruned one prune later. A machine that
 * stays alone for longer than the grace period is trusted in the end. Used by one thread.
 */
final class PruneClock {
    private static final Logger LOG = LoggerFactory.getLogger(PruneClock.class);

    /** When the last prune was here, by the clock of its machine. */
    private static final String SEEN = "pruned-at";

    /** The silence because of which that prune removed nothing; empty if it went on. */
    private static final String DOUBTED = "clock-doubted";
    /** A hash of what was written long before then. */
    private static final String OLD = "old-archives";

    private static final Duration AT_LEAST = Duration.ofDays(2);

    private final StorageClient storage;
    private final Lease lease;
    private final Instant now;
    private final Duration grace;

    PruneClock(StorageClient storage, Lease lease, Instant now, Duration grace) {
        this.storage = storage;
        this.lease = lease;
        this.now = now;
        this.grace = grace;
    }

    /** Decides, and leaves the reasons for the next prune. */
    boolean isTrusted() throws IOException {
        if (storage.traits().ownClock()) {
            return true;
        }
        Optional<Instant> seen = attribute(SEEN, Instant::parse);
        Optional<Duration> doubted = attribute(DOUBTED, Duration::parse);
        Optional<Duration> expected =
                attribute(DOUBTED, text -> Duration.parse(text).multipliedBy(2));
        if (seen.isEmpty()) {
            return trust();
        }
        Duration since = Duration.between(seen.get(), now);
        if (!Backup.isCredible(seen.get(), now)) {
            return doubt(Duration.ZERO, "a prune was there at " + seen.get() + ", by another clock");
        } else if (doubted.isPresent() && since.compareTo(grace) < 0) {
            return false;
        } else if (hasSilence(seen.get(), longer(longestSilence(), expected.orElse(Duration.ZERO)))) {
            return doubt(since, "nothing was written there for long, which cannot be told from a clock that is ahead");
        } else if (doubted.isPresent() && !attribute(OLD, Function.identity()).equals(Optional.of(old(seen.get())))) {
            return doubt(doubted.get(), "others wrote there meanwhile by clocks that are far behind");
        }
        return trust();
    }

    private <T> Optional<T> attribute(String name, Function<String, T> parser) {
        try {
            return Optional.ofNullable(lease.attributes().get(name))
                    .filter(value -> !value.isEmpty())
                    .map(parser);
        } catch (DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private boolean trust() throws IOException {
        lease.update(Map.of(SEEN, now.toString(), DOUBTED, ""));
        return true;
    }

    /**
     * @param silence how long nothing was written; if the next silence is not much longer, the folder is used that way
     */
    private boolean doubt(Duration silence, String why) throws IOException {
        LOG.warn(
                "nothing is removed from {}: this clock shows {}, and {}. Set the clock that is wrong; if this one "
                        + "is right, a prune in {} from now goes on",
                storage,
                now,
                why,
                grace);
        lease.update(Map.of(SEEN, now.toString(), DOUBTED, silence.toString(), OLD, old(now)));
        return false;
    }

    /** The archives that were written long before a moment; more of them later come from a clock that is far behind. */
    private String old(Instant then) throws IOException {
        Instant until = then.minus(longestSilence());
        long[] numberAndHash = {0, 0};
        look(object -> {
            if (object.lastModified().isBefore(until)
                    && BackupName.parse(object.key()).isPresent()) {
                numberAndHash[0]++;
                numberAndHash[1] = 31 * numberAndHash[1] + object.key().hashCode();
            }
        });
        return numberAndHash[0] + "-" + Long.toHexString(numberAndHash[1]);
    }

    private Duration longestSilence() {
        return longer(grace.multipliedBy(2), AT_LEAST);
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    private boolean hasSilence(Instant since, Duration allowed) throws IOException {
        if (Duration.between(since, now).compareTo(allowed) <= 0) {
            return false;
        }
        // By the hour, so that any number of objects needs little memory.
        TreeSet<Instant> hours = new TreeSet<>();
        look(object -> {
            if (object.lastModified().isAfter(since) && object.lastModified().isBefore(now)) {
                hours.add(object.lastModified().truncatedTo(ChronoUnit.HOURS));
            }
        });
        hours.add(now);
        Instant last = since;
        for (Instant each : hours) {
            if (Duration.between(last, each).compareTo(allowed) > 0) {
                return true;
            }
            last = each;
        }
        return false;
    }

    /** Looks at all objects that are there, and keeps the lease meanwhile. */
    private void look(Consumer<StorageObject> each) throws IOException {
        try (LeaseKeeper keeper = new LeaseKeeper(lease);
                Stream<StorageObject> listed = storage.list(BackupName.ROOT)) {
            listed.forEach(each);
            keeper.ensureHeld();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}

package io.kvbackup.repository;

import io.kvbackup.model.Backup;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a prune may go by the clock. With a store that has its own, always. In a folder, the only clock is that of the machine
 * that prunes, so it is held against what prunes before and writers meanwhile have left: if it stands before the last prune, or
 * after a silence that is longer than {@link #longestSilence}, this clock or that of another may be wrong, and the prune removes
 * nothing. It leaves its doubt in the lease, and a prune that comes a grace period later, by a clock that was not set in between,
 * goes on.
 *
 * <p>So one wrong clock, however wrong, removes nothing at its first prune; machines whose clocks contradict each other remove
 * nothing as long as they take turns; and a folder in which nothing happened for long is pruned with one prune's delay. A machine
 * that prunes alone, for longer than the grace period, is believed in the end. Used by one thread.
 */
final class PruneClock {
    private static final Logger LOG = LoggerFactory.getLogger(PruneClock.class);

    /** When a prune was last here, by the clock of its machine. */
    private static final String SEEN = "pruned-at";

    private static final String DOUBTED = "clock-doubted";
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

    /** Asks, and leaves what was found for the next prune. */
    boolean isTrusted() throws IOException {
        if (storage.hasOwnClock()) {
            return true;
        }
        Optional<Instant> seen = seen();
        boolean doubted = Boolean.parseBoolean(lease.attributes().get(DOUBTED));
        if (seen.isEmpty()) {
            return leave(now, false);
        }
        if (!Backup.isCredible(seen.get(), now)) {
            LOG.warn(
                    "nothing is removed from {}: a prune was there at {}, and this clock shows {}; one of the two clocks is"
                            + " wrong. Set it; if it is the other one, a prune in {} from now goes on",
                    storage,
                    seen.get(),
                    now,
                    grace);
            return leave(now, true);
        }
        Duration since = Duration.between(seen.get(), now);
        if (doubted) {
            return since.compareTo(grace) >= 0 && leave(now, false);
        }
        if (since.compareTo(longestSilence()) > 0 && hasSilence(seen.get())) {
            LOG.warn(
                    "nothing is removed from {}: this clock shows {}, and nothing was written there for longer than {}, which cannot"
                            + " be told from a clock that is ahead. If it is right, a prune in {} from now goes on",
                    storage,
                    now,
                    longestSilence(),
                    grace);
            return leave(now, true);
        }
        return leave(now, false);
    }

    private Optional<Instant> seen() {
        try {
            return Optional.ofNullable(lease.attributes().get(SEEN)).map(Instant::parse);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private boolean leave(Instant at, boolean doubted) throws IOException {
        lease.update(Map.of(SEEN, at.toString(), DOUBTED, String.valueOf(doubted)));
        return !doubted;
    }

    private Duration longestSilence() {
        Duration twice = grace.multipliedBy(2);
        return twice.compareTo(AT_LEAST) > 0 ? twice : AT_LEAST;
    }

    private boolean hasSilence(Instant since) throws IOException {
        Instant last = since;
        for (Instant each : sorted(since)) {
            if (Duration.between(last, each).compareTo(longestSilence()) > 0) {
                return true;
            }
            last = each;
        }
        return Duration.between(last, now).compareTo(longestSilence()) > 0;
    }

    /** When something was written since then. */
    private Collection<Instant> sorted(Instant since) throws IOException {
        List<Instant> times = new ArrayList<>();
        try (LeaseKeeper keeper = new LeaseKeeper(lease);
                Stream<StorageObject> objects = storage.list(BackupName.ROOT)) {
            objects.map(StorageObject::lastModified)
                    .filter(time -> time.isAfter(since) && time.isBefore(now))
                    .map(time -> time.truncatedTo(ChronoUnit.HOURS)) // so that they are not as many as the objects
                    .distinct()
                    .sorted()
                    .forEach(times::add);
            keeper.ensureHeld();
        } catch (java.io.UncheckedIOException e) {
            throw e.getCause();
        }
        return times;
    }
}

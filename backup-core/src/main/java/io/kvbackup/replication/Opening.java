package io.kvbackup.replication;

import io.kvbackup.database.ChangeGapException;
import io.kvbackup.database.ChangeLog;
import io.kvbackup.database.ChangeReader;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a tenure begins: where the one before it ended, if it can be proved that the log still holds what is in the
 * store, or anew.
 *
 * @param start where
 * @param reader of the log, from there on
 * @param resumed the stores that go on without a base
 */
record Opening(Start start, ChangeReader reader, List<StoreLog> resumed) {
    private static final Logger LOG = LoggerFactory.getLogger(Opening.class);

    /**
     * Where a timeline begins.
     *
     * @param history whose positions it counts
     * @param position its first segment begins after it
     * @param time no commit up to there is later, and none after it is to be earlier
     */
    record Start(String history, long position, Instant time) {}

    /**
     * Decides.
     *
     * @param parents what was written last, of the stores that have answered; the manager's own is the first
     * @param history the name under which this process knows the log's history
     * @param mayResume whether the database is known to be as the log says
     */
    static Opening decide(
            ChangeLog log,
            Map<StoreLog, Optional<Parent>> parents,
            String history,
            boolean mayResume,
            Clock clock,
            Random random)
            throws IOException {
        Instant newest = parents.values().stream()
                .flatMap(Optional::stream)
                .map(Parent::synced)
                .max(Instant::compareTo)
                .map(synced -> synced.plusMillis(1))
                .orElse(Instant.EPOCH);
        if (mayResume) {
            Optional<Opening> resumed = resume(log, parents, history, newest);
            if (resumed.isPresent()) {
                return resumed.get();
            }
        }
        boolean taken = parents.values().stream()
                .flatMap(Optional::stream)
                .anyMatch(parent -> parent.history().equals(history));
        long position = log.position();
        ChangeReader reader = log.open(position);
        Instant now = clock.instant();
        return new Opening(
                new Start(taken ? another(history, random) : history, position, now.isAfter(newest) ? now : newest),
                reader,
                List.of());
    }

    /** A name for what comes after a gap or a restore. */
    static String another(String history, Random random) {
        int mark = history.lastIndexOf('+');
        String base = mark < 0 ? history : history.substring(0, mark);
        return base + "+" + String.format("%08x", random.nextInt());
    }

    private static Optional<Opening> resume(
            ChangeLog log, Map<StoreLog, Optional<Parent>> parents, String history, Instant newest) throws IOException {
        Map<StoreLog, Long> able = new LinkedHashMap<>();
        for (Map.Entry<StoreLog, Optional<Parent>> each : parents.entrySet()) {
            Parent parent = each.getValue().orElse(null);
            if (parent != null && holds(log, parent, history)) {
                able.put(each.getKey(), parent.position());
            } else if (able.isEmpty()) {
                return Optional.empty(); // the manager's own comes first
            }
        }
        long own = able.values().iterator().next();
        long first = able.values().stream().min(Long::compareUnsigned).orElse(own);
        try {
            return Optional.of(
                    new Opening(new Start(history, first, newest), log.open(first), List.copyOf(able.keySet())));
        } catch (ChangeGapException e) {
            LOG.info("the log does not reach back to where the slowest store is: {}", e.toString());
        }
        able.values().removeIf(position -> position != own);
        try {
            return Optional.of(new Opening(new Start(history, own, newest), log.open(own), List.copyOf(able.keySet())));
        } catch (ChangeGapException e) {
            LOG.info("the log does not reach back to where the store is: {}", e.toString());
            return Optional.empty();
        }
    }

    /** Proof, not belief: a log that has lost its end counts on with the same numbers. */
    private static boolean holds(ChangeLog log, Parent parent, String history) throws IOException {
        if (!parent.history().equals(history) || isNone(parent.proof())) {
            return false;
        }
        try {
            return Arrays.equals(log.proof(parent.position()), parent.proof());
        } catch (ChangeGapException e) {
            LOG.info("the log no longer holds the commit that the store has last: {}", e.toString());
            return false;
        }
    }

    /** A log that could not prove a commit any more when its segment was closed gives zeros. */
    private static boolean isNone(byte[] proof) {
        for (byte each : proof) {
            if (each != 0) {
                return false;
            }
        }
        return true;
    }
}

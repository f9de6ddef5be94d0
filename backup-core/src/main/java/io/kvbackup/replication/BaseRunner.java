package io.kvbackup.replication;

import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupContents;
import io.kvbackup.model.StoreOutcome;
import io.kvbackup.repository.BackupWriter;
import io.kvbackup.repository.LeaseTime;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes bases for stores that have none, and new ones now and then. Used by one thread. */
final class BaseRunner {
    private static final Logger LOG = LoggerFactory.getLogger(BaseRunner.class);

    private static final Duration LONGEST = Duration.ofHours(24);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /** After a change that leaves no record, a log says so after this many polls at the latest. */
    private static final int POLLS_TO_SEE_A_GAP = 3;

    private final String database;
    private final Spool spool;
    private final Map<Cursor, StoreLog> stores;
    private final Replications.Bases bases;
    private final LeaseTime time;
    private final Duration interval;
    private LeaseTime.Moment last;
    /** Of the last base; unknown of one that another process has taken, which is then replaced when its time comes. */
    private long lastBytes;

    private Duration pause = FIRST_PAUSE;
    private volatile @Nullable String problem;

    BaseRunner(
            String database,
            Spool spool,
            Map<Cursor, StoreLog> stores,
            Replications.Bases bases,
            LeaseTime time,
            Duration interval) {
        this.database = database;
        this.spool = spool;
        this.stores = stores;
        this.bases = bases;
        this.time = time;
        this.interval = interval;
        last = time.now();
    }

    /** Why the last attempt has failed. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /**
     * Takes a base if one is needed.
     *
     * @return how long to wait before the next look
     */
    Duration step() throws IOException {
        List<Cursor> wanting = spool.wantingBase(stores.keySet());
        if (wanting.isEmpty() && isDue()) {
            wanting = spool.joined(stores.keySet());
        }
        if (wanting.isEmpty()) {
            return LOOK;
        }
        try {
            take(wanting);
            problem = null;
            pause = FIRST_PAUSE;
            return Duration.ZERO;
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            LOG.warn("no base of {}: {}", database, e.toString());
            problem = "no base: " + e;
            Duration now = pause;
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
            return now;
        }
    }

    private boolean isDue() {
        Duration age = LeaseTime.longest(last, time.now());
        long since =
                stores.keySet().stream().mapToLong(spool::bytesSinceBase).max().orElse(0);
        return age.compareTo(LONGEST) >= 0 || (age.compareTo(interval) >= 0 && since > lastBytes / 4);
    }

    /** Those whose timelines count in the same history as the first one's; the others have their turn afterwards. */
    private void take(List<Cursor> wanting) throws IOException {
        Line line = spool.line();
        String history = store(wanting.get(0)).history();
        Map<String, StorageClient> clients = new LinkedHashMap<>();
        Map<Cursor, Integer> joins = new LinkedHashMap<>();
        for (Cursor cursor : wanting) {
            if (store(cursor).history().equals(history)) {
                clients.put(cursor.store, store(cursor).client());
                joins.put(cursor, spool.joins(cursor));
            }
        }
        long[] seen = {Long.MAX_VALUE};
        Replications.Bases.Request request = new Replications.Bases.Request(
                database,
                Optional.of(new BackupWriter.ReplicatedLog(history, line.timeline())),
                () -> seen[0] = spool.polls(),
                () -> spool.awaitPolls(line, seen[0] + POLLS_TO_SEE_A_GAP));
        LeaseTime.Moment began = time.now();
        Map<String, StoreOutcome> outcomes = bases.take(request, clients);
        joins.forEach((cursor, joined) -> {
            StoreOutcome outcome = outcomes.get(cursor.store);
            Optional<Backup> backup = outcome == null ? Optional.empty() : outcome.backup();
            if (backup.isPresent() && spool.based(cursor, joined)) {
                last = began;
                lastBytes = backup.get().contents().map(BaseRunner::bytes).orElse(0L);
                tell(store(cursor));
            }
        });
    }

    /** Whoever comes after this process may go on from here. */
    private static void tell(StoreLog store) {
        try {
            store.beat();
        } catch (IOException e) {
            LOG.debug("the lease does not tell of the base yet: {}", e.toString());
        }
    }

    private static long bytes(BackupContents contents) {
        return contents.ownBytes() + contents.sharedBytes();
    }

    private StoreLog store(Cursor cursor) {
        return Objects.requireNonNull(stores.get(cursor));
    }
}

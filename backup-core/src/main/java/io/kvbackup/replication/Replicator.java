package io.kvbackup.replication;

import io.kvbackup.database.ChangeGapException;
import io.kvbackup.disk.PrivateFiles;
import io.kvbackup.disk.TemporaryFolder;
import io.kvbackup.pipeline.Interruption;
import io.kvbackup.replication.Replication.State;
import io.kvbackup.repository.LeaseTime;
import io.kvbackup.repository.log.LogPoint;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replicates from a start to a stop: takes the lease, and gives it back. One thread follows the log, one serves each
 * store, one takes bases, and one merges segments. A store that is slow or away keeps none of the others waiting.
 */
final class Replicator {
    private static final Logger LOG = LoggerFactory.getLogger(Replicator.class);

    private static final Duration RETRY = Duration.ofSeconds(1);
    /** How long other stores may take to say where they stand, before the log is opened without them. */
    private static final Duration OTHERS = Duration.ofSeconds(10);
    /** How long a stop waits for the stores to have the rest. */
    private static final Duration LAST_UPLOADS = Duration.ofSeconds(20);

    private static final Duration LAST_READ = Duration.ofSeconds(10);

    private final Setup setup;
    private final LeaseTime time;
    private final String history;
    private final boolean mayResume;
    private final BiConsumer<State, Optional<String>> listener;
    private final LeaseTime.Moment started;
    private final List<StoreLog> stores = new ArrayList<>();
    private final List<Worker> workers = new ArrayList<>();
    private final Worker tail;
    private final ReadingTurn turn = new ReadingTurn();
    private volatile @Nullable Tenure tenure;
    private volatile boolean gap;
    private volatile boolean ended;
    private volatile @Nullable String problem;
    private State told = State.STOPPED;

    /**
     * @param history the name under which this process knows the log's history
     * @param mayResume whether the database is known to be as its log says
     * @param restored the moment of a log to which the database was restored just now
     * @param listener told of each new state, on the thread that follows the log
     */
    Replicator(
            Setup setup,
            String history,
            boolean mayResume,
            Optional<LogPoint> restored,
            BiConsumer<State, Optional<String>> listener) {
        this.setup = setup;
        this.history = history;
        this.mayResume = mayResume;
        this.listener = listener;
        time = setup.time();
        started = time.now();
        setup.stores().forEach((name, client) -> stores.add(new StoreLog(name, client, setup)));
        restored.ifPresent(point -> own().comesFrom(point));
        tail = new Worker("kvbackup-tail-" + setup.database(), this::run);
    }

    void start() {
        tail.start();
    }

    private StoreLog own() {
        return stores.get(0);
    }

    // The thread that follows the log.

    private void run() throws IOException, InterruptedException {
        try (TemporaryFolder folder = TemporaryFolder.create(PrivateFiles.createFolders(setup.temporary()), "log")) {
            tell();
            Tenure begun = open(new SegmentFiles(folder, setup.random()));
            if (begun != null) {
                startWorkers(begun);
                follow(begun);
                finish(begun);
            }
        } catch (IOException | RuntimeException e) {
            problem = "replication has failed: " + e;
            throw e;
        } finally {
            letGo();
        }
    }

    /** Whatever happens: a lease that is kept locks out everybody, and what has not ended cannot be started again. */
    private void letGo() {
        workers.forEach(Worker::interrupt);
        boolean interrupted = Thread.interrupted(); // with the flag set, nothing would be waited for or given back
        try {
            for (Worker worker : workers) {
                worker.join(LAST_UPLOADS);
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        for (StoreLog store : stores) {
            try {
                store.close();
            } catch (RuntimeException e) {
                LOG.warn("the lease of {} in {} is not given back", setup.database(), store.name(), e);
            }
        }
        ended = true;
        tell();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the lease and begins; null if it is to stop before. */
    private @Nullable Tenure open(SegmentFiles files) throws InterruptedException, IOException {
        stores.subList(1, stores.size()).forEach(store -> {
            Worker opening = new Worker("kvbackup-open-" + setup.database() + "-" + store.name(), store::ensureOpen);
            workers.add(opening);
            opening.start();
        });
        while (!turn.isStopped()) {
            try {
                LeaseTime.Moment began = time.now();
                own().ensureOpen();
                awaitOthers();
                return begin(began, files);
            } catch (IOException | RuntimeException e) {
                rethrowInterrupt(e);
                problem = "not begun yet: " + e;
                LOG.info("replication of {} cannot begin yet: {}", setup.database(), e.toString());
                tell();
            }
            turn.pause(RETRY);
        }
        return null;
    }

    private void awaitOthers() throws InterruptedException {
        long deadline = System.nanoTime() + OTHERS.toNanos();
        for (Worker opening : workers) {
            opening.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
        }
    }

    private Tenure begin(LeaseTime.Moment began, SegmentFiles files) throws IOException, InterruptedException {
        Map<StoreLog, Optional<Parent>> parents = new LinkedHashMap<>();
        for (StoreLog store : stores) {
            if (store == own() || store.isOpen()) {
                parents.put(store, store.parent());
            }
        }
        Tenure begun = turn.take(() -> Tenure.begin(setup, stores, parents, history, mayResume, began, files));
        tenure = begun;
        problem = null;
        return begun;
    }

    private void startWorkers(Tenure begun) {
        workers.clear();
        for (Shipper shipper : begun.shippers) {
            String name = "kvbackup-ship-" + setup.database() + "-" + shipper.cursor();
            workers.add(new Worker(name, () -> repeat(begun, shipper::step)));
        }
        workers.add(new Worker("kvbackup-base-" + setup.database(), () -> repeat(begun, begun.bases::step)));
        workers.add(new Worker(
                "kvbackup-merge-" + setup.database(),
                () -> repeat(begun, () -> {
                    begun.enforce();
                    begun.merger.step();
                    return RETRY;
                })));
        workers.forEach(Worker::start);
    }

    private interface Step {
        Duration run() throws IOException;
    }

    private static void repeat(Tenure begun, Step step) throws IOException, InterruptedException {
        while (!Thread.currentThread().isInterrupted()) {
            Duration wait = step.run();
            if (!wait.isZero()) {
                begun.spool.await(wait);
            }
        }
    }

    private void follow(Tenure begun) throws IOException, InterruptedException {
        while (!turn.isStopped() && !own().isLost()) {
            tell();
            Duration wait = turn.take(() -> turn.isStopped() ? Duration.ZERO : look(begun));
            if (!wait.isZero()) {
                turn.pause(wait);
            }
        }
    }

    private Duration look(Tenure begun) throws InterruptedException {
        try {
            if (gap) {
                begun.beginAnew();
            }
            begun.tailer.syncing(turn.isHurried());
            boolean more = begun.tailer.poll();
            gap = false;
            problem = null;
            return more ? Duration.ZERO : begun.pause();
        } catch (ChangeGapException e) {
            LOG.warn("replication of {} goes on from a new base: {}", setup.database(), e.getMessage());
            boolean again = gap;
            gap = true;
            problem = e.getMessage();
            return again ? RETRY : Duration.ZERO;
        } catch (IOException | RuntimeException e) {
            rethrowInterrupt(e);
            LOG.warn("cannot read the log of {}: {}", setup.database(), e.toString());
            problem = "cannot read the log: " + e;
            return RETRY;
        }
    }

    /** The last read, the last segment, the last uploads. */
    private void finish(Tenure begun) throws IOException, InterruptedException {
        if (own().isLost()) {
            problem = "the lease was lost: this process did not renew it in time, or another took it; start again";
        }
        turn.take(() -> readLast(begun));
        long deadline = System.nanoTime() + LAST_UPLOADS.toNanos();
        while (!own().isLost() && begun.spool.isAnythingWaiting() && System.nanoTime() < deadline) {
            begun.spool.await(Tailer.POLL);
        }
    }

    private boolean readLast(Tenure begun) throws InterruptedException {
        try (begun.tailer) {
            long deadline = System.nanoTime() + LAST_READ.toNanos();
            boolean more = !gap;
            while (more) {
                more = begun.tailer.poll() && System.nanoTime() < deadline;
            }
            begun.tailer.closeSegment();
            return true;
        } catch (IOException | RuntimeException e) {
            rethrowInterrupt(e);
            LOG.info("the end of the log of {} could not be read: {}", setup.database(), e.toString());
            return false;
        }
    }

    private static void rethrowInterrupt(Exception e) throws InterruptedException {
        if (Interruption.is(e) || Thread.currentThread().isInterrupted()) {
            throw new InterruptedException(e.toString());
        }
    }

    private void tell() {
        State now = state();
        if (now != told) {
            told = now;
            listener.accept(now, problem());
        }
    }

    // What others ask.

    /** Ends it: when this returns, the log is not read any more, and the stores have what they could get in time. */
    void stop() throws InterruptedIOException {
        try {
            turn.stop();
            while (!tail.join(Duration.ofMinutes(1))) {
                LOG.warn("the replication of {} does not end", setup.database());
            }
        } catch (InterruptedException e) {
            tail.interrupt();
            tail.joinUninterruptibly();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the replication of " + setup.database() + " ends");
        }
    }

    State state() {
        Tenure now = tenure;
        if (ended) {
            return State.STOPPED;
        } else if (now == null) {
            return State.STARTING;
        } else if (gap) {
            return State.GAP;
        }
        return now.spool.isBased(now.own) ? State.STREAMING : State.BASE;
    }

    Optional<String> problem() {
        Tenure now = tenure;
        String general = problem;
        if (general != null || now == null) {
            return Optional.ofNullable(general);
        }
        Map<String, String> problems = now.problems();
        return problems.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", problems.values()));
    }

    Optional<Tenure> tenure() {
        return Optional.ofNullable(tenure);
    }

    Set<String> storeNames() {
        return Collections.unmodifiableSet(setup.stores().keySet());
    }

    LeaseTime.Moment started() {
        return started;
    }

    /** Where the log is now, if nobody reads it at the moment and it can be asked. */
    OptionalLong position() {
        return turn.takeIfFree(() -> OptionalLong.of(setup.log().position()), OptionalLong.empty());
    }

    /** The history that the current timeline counts in, and whether the database is still known to be as it says. */
    Optional<String> history() {
        return gap ? Optional.empty() : tenure().map(now -> now.line().history());
    }

    /**
     * Has everything shipped that is committed now, and waits until the manager's store has it.
     *
     * @throws IOException if the replication ends before
     */
    void sync() throws IOException {
        turn.hurry(true);
        try {
            Instant called = time.clock().instant().truncatedTo(ChronoUnit.MILLIS);
            long target = turn.take(() -> {
                requireGoing();
                return setup.log().position();
            });
            awaitShipped(called, target);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the store");
        } finally {
            turn.hurry(false);
        }
        own().beat();
    }

    private void requireGoing() throws IOException {
        if (ended || turn.isStopped() || own().isLost()) {
            throw new IOException("the replication of " + setup.database() + " has ended"
                    + problem().map(text -> ": " + text).orElse("") + "; start it, and ask again");
        }
    }

    private void awaitShipped(Instant called, long target) throws IOException, InterruptedException {
        Tenure now = tenure;
        while (now == null
                || !now.spool.has(now.own, target)
                || now.spool.syncedThrough(now.own).isBefore(called)) {
            requireGoing();
            if (now == null) {
                turn.pause(Tailer.POLL);
            } else {
                now.spool.await(Tailer.POLL);
            }
            now = tenure;
        }
    }
}

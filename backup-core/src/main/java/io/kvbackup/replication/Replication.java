package io.kvbackup.replication;

import io.kvbackup.database.ChangeLog;
import io.kvbackup.database.ChangeVisitor;
import io.kvbackup.pipeline.Interruption;
import io.kvbackup.repository.LeaseTime;
import io.kvbackup.repository.log.LogPoint;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The replication of one database: what is committed there goes into the store, so that it can be restored as it was
 * at any moment. It never blocks or fails the host's writes.
 *
 * <p>A lease in the store lets one process replicate a database at a time. Each start goes on where the last one has
 * ended if it can be proved that the log of the database still holds what is in the store; otherwise, and after
 * anything that the log does not show, it takes a new base, which is an incremental backup.
 *
 * <p>The numbers are those of the manager's own store, unless another one is named. Safe for use by several threads.
 */
public final class Replication {
    private final String database;
    private final Source source;
    private final LeaseTime time;
    private final LeaseTime.Moment made;
    /** How this process knows the log's history; null before the first start. */
    private @Nullable String history;

    private boolean mayResume = true;
    /** What is being restored, if it is a moment of a log. */
    private volatile @Nullable Supplier<LogPoint> restoring;

    private volatile @Nullable Replicator latest;

    Replication(String database, Source source, LeaseTime time) {
        this.database = database;
        this.source = source;
        this.time = time;
        made = time.now();
    }

    /** What a replication is. */
    public enum State {
        /** Not started, stopped, or without its lease; {@link #problem()} tells which. */
        STOPPED,
        /** Waits for the lease, or for the store to answer. */
        STARTING,
        /** Takes a base; nothing that was committed since the start can be restored yet. */
        BASE,
        /** Every commit goes into the store. */
        STREAMING,
        /** Changes have happened that the log does not show; a base follows. */
        GAP
    }

    /** What is asked of the manager. */
    interface Source {
        Setup open() throws IOException;

        List<RestoreWindow> windows() throws IOException;

        void tell(State state, Optional<String> problem);

        Follower follower(ChangeVisitor to, long from);

        Duration interval();
    }

    /** The name of the database. */
    public String database() {
        return database;
    }

    /**
     * Starts to replicate, in the background; does nothing if it is going on. If the store does not answer, or another
     * process replicates the database, it begins when that changes.
     *
     * @throws IOException if the log of the database cannot be followed, for example because of an option of the
     *     engine; says what to do
     * @throws IllegalArgumentException if the database has no log
     */
    public synchronized void start() throws IOException {
        Replicator current = latest;
        if (current != null && current.state() != State.STOPPED) {
            return;
        }
        remember(current);
        Setup setup = source.open();
        ChangeLog log = setup.log();
        log.open(log.position()).close(); // what it refuses is to be known now
        if (history == null) {
            history = log.history();
        }
        Replicator next = new Replicator(
                setup, history, mayResume, Optional.ofNullable(restoring).map(Supplier::get), source::tell);
        latest = next;
        mayResume = true;
        next.start();
    }

    private void remember(@Nullable Replicator ended) {
        if (ended != null) {
            Optional<String> last = ended.history();
            mayResume &= last.isPresent();
            history = last.orElse(history);
        }
    }

    /**
     * Stops: puts what was committed into the stores, as far as they take it within some seconds, and gives the lease
     * back. When it returns, the database is not touched any more and may be closed. Does nothing if it has stopped.
     *
     * @throws java.io.InterruptedIOException if the thread is interrupted while it waits
     */
    public synchronized void stop() throws IOException {
        Replicator current = latest;
        if (current != null) {
            current.stop();
        }
    }

    /** The database is about to be restored: stops, and says whether it was going on. */
    synchronized boolean suspend() throws IOException {
        boolean going = state() != State.STOPPED;
        stop();
        remember(latest);
        mayResume = false;
        return going;
    }

    void restoring(@Nullable Supplier<LogPoint> point) {
        restoring = point;
    }

    public State state() {
        Replicator current = latest;
        return current == null ? State.STOPPED : current.state();
    }

    /** What keeps it from going on, and what to do; empty if all is well. */
    public Optional<String> problem() {
        Replicator current = latest;
        return current == null ? Optional.empty() : current.problem();
    }

    /** The stores that it replicates into, {@link ReplicationOptions#OWN_STORE} first; empty before the first start. */
    public Set<String> stores() {
        Replicator current = latest;
        return current == null ? Set.of() : current.storeNames();
    }

    /**
     * How long the oldest commit has been waiting that is not in the store; zero if there is none. Never too short:
     * what cannot be known counts as late. Without a base nothing is in the store, so it is the time since the last
     * moment that can be restored, or since the start.
     */
    public Duration lag() {
        return lag(ReplicationOptions.OWN_STORE);
    }

    /** {@link #lag()} of one of the stores. */
    public Duration lag(String store) {
        Replicator current = latest;
        LeaseTime.Moment now = time.now();
        if (current == null) {
            return LeaseTime.longest(made, now);
        }
        OptionalLong position = current.position();
        return current.tenure()
                .map(tenure -> tenure.spool.lag(tenure.cursor(store), now, position))
                .orElseGet(() -> LeaseTime.longest(current.started(), now));
    }

    /** How many positions of the log are not in the store yet. */
    public long positionsBehind() {
        return positionsBehind(ReplicationOptions.OWN_STORE);
    }

    /** {@link #positionsBehind()} of one of the stores. */
    public long positionsBehind(String store) {
        Replicator current = latest;
        OptionalLong position = current == null ? OptionalLong.empty() : current.position();
        return tenure().map(tenure -> tenure.spool.positionsBehind(tenure.cursor(store), position))
                .orElse(0L);
    }

    /** How many bytes of segments have been read from the log and are not in the store yet. */
    public long bytesBehind() {
        return bytesBehind(ReplicationOptions.OWN_STORE);
    }

    /** {@link #bytesBehind()} of one of the stores. */
    public long bytesBehind(String store) {
        return tenure().map(tenure -> tenure.spool.bytesBehind(tenure.cursor(store)))
                .orElse(0L);
    }

    /** Everything that was committed up to this moment is in the store; {@link Instant#EPOCH} if nobody knows. */
    public Instant syncedThrough() {
        return syncedThrough(ReplicationOptions.OWN_STORE);
    }

    /** {@link #syncedThrough()} of one of the stores. */
    public Instant syncedThrough(String store) {
        return tenure().map(tenure -> tenure.spool.syncedThrough(tenure.cursor(store)))
                .orElse(Instant.EPOCH);
    }

    /** When the last segment arrived in the store; empty if none has since the start. */
    public Optional<Instant> lastSegmentAt() {
        return tenure().flatMap(tenure -> tenure.spool.lastSegmentAt(tenure.own));
    }

    private Optional<Tenure> tenure() {
        Replicator current = latest;
        return current == null ? Optional.empty() : current.tenure();
    }

    /**
     * To which moments the database can be restored, newest last: asks the store by one listing and reads the manifests
     * of its bases. Replication need not be started.
     */
    public List<RestoreWindow> restorable() throws IOException {
        return source.windows();
    }

    /**
     * Has everything put into the store that is committed now, and waits until it is there. After that, every moment up
     * to the call can be restored, whatever happens to this process.
     *
     * @throws IOException if replication is not going on, or ends before
     */
    public void sync() throws IOException {
        Replicator current = latest;
        if (current == null) {
            throw new IOException("the replication of " + database + " is not started; start it, and ask again");
        }
        current.sync();
    }

    /**
     * Keeps a warm copy: gives each commit that comes into the store to a target, in order, on a thread of its own, one
     * listing for each {@link ReplicationOptions#syncInterval()}. The replication itself runs in another process, or
     * not at all; {@link #start} is not needed here. {@code MapDatabase.follower()} and
     * {@code RocksDbDatabase.follower(…)} are targets.
     *
     * @param to is called by one thread; an exception of its ends the copy
     * @param from the target has everything up to this position: what {@code RestoreTarget.position(…)} has restored,
     *     or what the target has stored
     * @return to be closed before the target
     */
    public Follow follow(ChangeVisitor to, long from) throws IOException {
        return new Follow(database, source.follower(to, from), source.interval());
    }

    /** A warm copy. Safe for use by several threads. */
    public static final class Follow implements Closeable {
        private final String database;
        private final Follower follower;
        private final Worker worker;
        private volatile @Nullable String problem;
        private volatile boolean ended;

        Follow(String database, Follower follower, Duration interval) {
            this.database = database;
            this.follower = follower;
            worker = new Worker("kvbackup-follow-" + database, () -> run(interval));
            worker.start();
        }

        private void run(Duration interval) throws IOException, InterruptedException {
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    boolean more = false;
                    try {
                        more = follower.look();
                        problem = null;
                    } catch (Follower.TargetException | Follower.ForkException e) {
                        throw e;
                    } catch (IOException e) {
                        Interruption.rethrow(e);
                        problem = "cannot read the log, and goes on trying: " + e;
                    }
                    if (!more) {
                        TimeUnit.NANOSECONDS.sleep(interval.toNanos());
                    }
                }
            } catch (IOException | RuntimeException e) {
                problem = "has ended: " + e.getMessage();
                throw e;
            } finally {
                ended = true;
            }
        }

        /** The target has everything up to here. */
        public long position() {
            return follower.position();
        }

        /** Why it has ended, or what keeps it from going on; empty if all is well. */
        public Optional<String> problem() {
            return Optional.ofNullable(problem);
        }

        /** Whether it goes on; false after a fork of the log, a failure of the target, or a close. */
        public boolean isGoing() {
            return !ended;
        }

        /** Ends it; when this returns, the target is not called any more. */
        @Override
        public void close() {
            worker.interrupt();
            worker.joinUninterruptibly();
        }

        @Override
        public String toString() {
            return "copy of " + database + " at position " + Long.toUnsignedString(position());
        }
    }

    @Override
    public String toString() {
        return "replication of " + database + " (" + state() + ")";
    }
}

package io.kvbackup.replication;

import io.kvbackup.database.ChangeLog;
import io.kvbackup.database.ChangeVisitor;
import io.kvbackup.event.BackupListener.ReplicationEvent;
import io.kvbackup.health.Health;
import io.kvbackup.host.ManagerContext;
import io.kvbackup.host.StorePlace;
import io.kvbackup.model.StoreOutcome;
import io.kvbackup.repository.BackupWriter;
import io.kvbackup.repository.CommitCheck;
import io.kvbackup.repository.LeaseTime;
import io.kvbackup.repository.log.LogPlanner;
import io.kvbackup.repository.log.LogPoint;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.throttle.RateLimit;
import io.kvbackup.storage.throttle.ThrottledStorageClient;
import java.io.Closeable;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All replications of a manager. Safe for use by several threads. */
@SuppressWarnings("exports") // for the manager, which alone can name what it is made of
public final class Replications implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Replications.class);

    /** Takes the backups that logs are replayed on. */
    @FunctionalInterface
    public interface Bases {
        /**
         * Takes an incremental backup of a database into some stores.
         *
         * @param request what is to be written down and asked
         * @param stores by name; nothing goes into others
         * @return what became of it in each
         * @throws IOException if no store has it, or the database could not be read
         */
        Map<String, StoreOutcome> take(Request request, Map<String, StorageClient> stores) throws IOException;

        /**
         * What kind of a base.
         *
         * @param database its name
         * @param log that goes on from it; empty for a database without
         * @param opened called when the snapshot has been opened
         * @param mayCommit asked before the backup exists
         */
        record Request(
                String database, Optional<BackupWriter.ReplicatedLog> log, Runnable opened, CommitCheck mayCommit) {}
    }

    private final ManagerContext context;
    private final LogPlanner planner;
    private final Bases bases;
    private final Consumer<ReplicationEvent> listener;
    private final LeaseTime time;
    private final Map<String, Replication> all = new TreeMap<>();

    /**
     * @param options by name of the database
     * @param planner knows what can be restored
     * @param bases takes backups
     * @param listener told of new states and problems
     */
    public Replications(
            ManagerContext context,
            Map<String, ReplicationOptions> options,
            LogPlanner planner,
            Bases bases,
            Consumer<ReplicationEvent> listener) {
        this.context = context;
        this.planner = planner;
        this.bases = bases;
        this.listener = listener;
        time = new LeaseTime(context.clock(), context.nanoTime(), context.sleeper());
        options.forEach((name, each) -> {
            requireApart(each);
            all.put(name, new Replication(name, new OfManager(name, each), time));
        });
    }

    private void requireApart(ReplicationOptions options) {
        List<StorePlace> places =
                new ArrayList<>(List.of(StorePlace.of(context.access().bare())));
        options.alsoTo().forEach((name, client) -> {
            StorePlace place = StorePlace.of(client);
            if (places.stream().anyMatch(place::isSameAs)) {
                throw new IllegalArgumentException("store '" + name + "' (" + client
                        + ") is the manager's own, or one that was given already; name another");
            }
            places.add(place);
        });
    }

    /** @throws IllegalArgumentException if the database is not one that the host wants to be replicated */
    public Replication of(String database) {
        Replication found = all.get(database);
        if (found == null) {
            throw new IllegalArgumentException("database '" + database + "' is not replicated; those that are: "
                    + all.keySet() + ". Set it up with BackupManager.builder().replication(…)");
        }
        return found;
    }

    /** Names of the databases that are replicated, or could be started. */
    public Set<String> databases() {
        return Collections.unmodifiableSet(all.keySet());
    }

    /** To which moments a database can be restored by its log, whether it is replicated here or not. */
    public List<RestoreWindow> windows(String database) throws IOException {
        return planner.windows(database).stream()
                .map(each -> new RestoreWindow(
                        each.timeline().toString(),
                        each.fromTime(),
                        each.toTime(),
                        each.fromPosition(),
                        each.toPosition()))
                .toList();
    }

    /**
     * A database is about to be restored to a moment of a log, from which its next timeline comes.
     *
     * @param point asked when the database has the content of the moment; null if that is over
     */
    public void restoring(String database, @Nullable Supplier<LogPoint> point) {
        Replication replication = all.get(database);
        if (replication != null) {
            replication.restoring(point);
        }
    }

    /** Databases are about to be restored: none of them is read any more. Returns which are to go on afterwards. */
    public Set<String> suspend(Collection<String> databases) throws IOException {
        Set<String> going = new TreeSet<>();
        for (String each : databases) {
            Replication replication = all.get(each);
            if (replication != null && replication.suspend()) {
                going.add(each);
            }
        }
        return going;
    }

    /** They go on, from a new base. A failure there is no failure of the restore. */
    public void resume(Set<String> suspended) {
        for (String each : suspended) {
            try {
                of(each).start();
            } catch (IOException | RuntimeException e) {
                LOG.warn("the replication of {} does not go on after the restore: {}", each, e.toString());
                tell(each, Replication.State.STOPPED, Optional.of("does not go on after a restore: " + e));
            }
        }
    }

    /** How each of them is. */
    public Map<String, Health.Replicated> health() {
        Map<String, Health.Replicated> health = new TreeMap<>();
        all.forEach((name, each) -> health.put(
                name,
                new Health.Replicated(name, each.state().name(), each.problem(), each.lag(), each.syncedThrough())));
        return health;
    }

    private void tell(String database, Replication.State state, Optional<String> problem) {
        listener.accept(
                new ReplicationEvent(database, state.name(), context.clock().instant(), problem));
    }

    /** Stops all. */
    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (Replication each : all.values()) {
            try {
                each.stop();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** What one of them is given. */
    private final class OfManager implements Replication.Source {
        private final String database;
        private final ReplicationOptions options;

        OfManager(String database, ReplicationOptions options) {
            this.database = database;
            this.options = options;
        }

        @Override
        public Setup open() throws IOException {
            ChangeLog log = context.databases()
                    .existing(database)
                    .changeLog()
                    .orElseThrow(() -> new IllegalArgumentException("database '" + database
                            + "' keeps no log of its changes, so it cannot be replicated; give a MapDatabase a "
                            + "ChangeRecorder with changes(…), switch on the log of the engine's adapter, or schedule "
                            + "incremental backups instead"));
            return new Setup(
                    database,
                    log,
                    options,
                    stores(),
                    bases,
                    time,
                    context.temporaryDirectory(),
                    context.keys(),
                    new SecureRandom());
        }

        private Map<String, StorageClient> stores() {
            Map<String, StorageClient> stores = new LinkedHashMap<>();
            stores.put(ReplicationOptions.OWN_STORE, limited(context.storage()));
            options.alsoTo()
                    .forEach((name, client) ->
                            stores.put(name, limited(context.access().to(client))));
            return stores;
        }

        private StorageClient limited(StorageClient store) {
            return options.uploadLimit().isEmpty()
                    ? store
                    : new ThrottledStorageClient(
                            store,
                            RateLimit.bytesPerSecond(options.uploadLimit().getAsLong()),
                            RateLimit.unlimited());
        }

        @Override
        public List<RestoreWindow> windows() throws IOException {
            return Replications.this.windows(database);
        }

        @Override
        public Follower follower(ChangeVisitor to, long from) {
            StorageClient store = limited(context.storage());
            return new Follower(
                    new StoredTimelines(store, database, context.keys(), new SecureRandom()),
                    context.leases(),
                    to,
                    from);
        }

        @Override
        public Duration interval() {
            return options.syncInterval();
        }

        @Override
        public void tell(Replication.State state, Optional<String> problem) {
            Replications.this.tell(database, state, problem);
        }
    }
}

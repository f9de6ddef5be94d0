package io.kvbackup.database;

import io.kvbackup.disk.HeldLock;
import io.kvbackup.model.AuthBackup;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.IndexBackup;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A database that the host keeps in maps, one map for each set.
 *
 * <p><b>Consistency.</b> With a lock, the thread that opens a snapshot holds the lock until it closes the snapshot:
 * writers that use the same lock wait, and the backup shows one instant. Without a lock, the entries of each
 * {@link java.util.concurrent.ConcurrentMap} are noted (by reference) when the snapshot opens: writers do not wait, but
 * writes that happen during the noting may be in the backup or not, independently of each other, so the backup is
 * <em>not</em> the state at one instant. Values that the host changes in place, instead of replacing them, are seen in
 * either state.
 *
 * <p><b>Restore.</b> The restored entries are held in memory, beside the live ones, until commit. Commit holds the
 * lock, if there is one, puts the restored entries and then removes the others, so that a reader without lock never
 * misses an entry that both states have. If a map throws on the way, the old entries are put back. Nothing is durable
 * here: after a crash the host's maps are what the host makes of them.
 *
 * <p>Safe for use by several threads as far as the maps are.
 */
public final class MapDatabase implements Database {
    private final String name;
    private final Map<String, MapSet<?, ?>> sets;
    private final List<IndexBackup> indexes;
    private final Supplier<@Nullable AuthBackup> auth;
    private final @Nullable Lock readLock;
    private final @Nullable Lock writeLock;
    private final List<Consumer<DatabaseBackup>> listeners;
    private final boolean scanLive;
    private final @Nullable ChangeRecorder recorder;

    private MapDatabase(Builder builder) {
        name = builder.name;
        sets = Collections.unmodifiableMap(new LinkedHashMap<>(builder.sets));
        indexes = List.copyOf(builder.indexes);
        auth = builder.auth;
        readLock = builder.readLock;
        writeLock = builder.writeLock;
        listeners = List.copyOf(builder.listeners);
        scanLive = builder.scanLive;
        recorder = builder.recorder;
    }

    /** Starts the description of a database of that name. */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    @Override
    public String name() {
        return name;
    }

    /**
     * {@inheritDoc}
     *
     * @throws java.io.InterruptedIOException if the thread is interrupted while it waits for the lock
     */
    @Override
    public DatabaseSnapshot openSnapshot() throws IOException {
        HeldLock held = HeldLock.acquire(readLock, "open a snapshot of database " + name);
        try {
            RecordedView view = recorder == null ? null : recorder.view();
            return new MapSnapshot(header(), sets, held, scanLive, view);
        } catch (IOException | RuntimeException | Error e) {
            held.close();
            throw e;
        }
    }

    @Override
    public DatabaseRestore beginRestore(DatabaseBackup header) throws IOException {
        return begin(header, KeyRange.all());
    }

    /** {@inheritDoc} The objects of other keys stay in the maps. */
    @Override
    public Optional<DatabaseRestore> beginPartialRestore(DatabaseBackup header, KeyRange keys) throws IOException {
        return Optional.of(begin(header, keys));
    }

    private DatabaseRestore begin(DatabaseBackup header, KeyRange keys) throws IOException {
        Set<String> unknown = new TreeSet<>(header.sets().keySet());
        unknown.removeAll(sets.keySet());
        if (!unknown.isEmpty()) {
            throw new IOException("cannot restore database " + name + ": it has no sets " + unknown + "; it has "
                    + sets.keySet() + ": add the missing ones to its builder, or choose among its sets");
        }
        return new MapRestore(header, keys, sets, writeLock, listeners, recorder);
    }

    /** {@inheritDoc} They are in memory too, and use this one's codecs. */
    @Override
    public Optional<ScratchFactory> scratch(Path folder) {
        return Optional.of(header -> MapScratch.like(sets, header));
    }

    /** {@inheritDoc} It is the host's recorder, if there is one. */
    @Override
    public Optional<ChangeLog> changeLog() {
        return Optional.ofNullable(recorder);
    }

    /**
     * Makes the changes of another process's log in these maps, for {@code Replication.follow}. Each commit is made
     * while the lock is held, if there is one; without a lock, readers may see a part of it. The maps are not durable,
     * so nor is how far they have come. For one thread.
     */
    public ChangeVisitor follower() {
        return new MapFollower(name, sets, writeLock);
    }

    private DatabaseBackup header() {
        List<SetBackup> headers = sets.values().stream().map(MapSet::header).toList();
        return DatabaseBackup.of(name, headers, indexes, auth.get());
    }

    @Override
    public String toString() {
        return "MapDatabase[" + name + ", sets=" + sets.keySet() + "]";
    }

    /** Describes a {@link MapDatabase}. Used by one thread. */
    public static final class Builder {
        private final String name;
        private final Map<String, MapSet<?, ?>> sets = new LinkedHashMap<>();
        private final List<IndexBackup> indexes = new ArrayList<>();
        private final List<Consumer<DatabaseBackup>> listeners = new ArrayList<>();
        private Supplier<@Nullable AuthBackup> auth = () -> null;
        private @Nullable Lock readLock;
        private @Nullable Lock writeLock;
        private boolean scanLive;
        private @Nullable ChangeRecorder recorder;

        private Builder(String name) {
            if (name.isEmpty()) {
                throw new IllegalArgumentException("a database needs a name");
            }
            this.name = name;
        }

        /**
         * Adds a set.
         *
         * <p>A sorted map whose order is the unsigned order of its encoded keys is scanned as it is; of others, the
         * encoded keys are held and sorted while a snapshot is open. Keys and values are neither {@code null} nor, on
         * the way back, decoded to {@code null}. The encoding that a backup states for a set is not checked on restore:
         * the codecs are given the bytes as they were stored.
         *
         * @param map a {@link java.util.concurrent.ConcurrentMap}, or any map if the host gives the lock that guards it
         * @throws IllegalArgumentException if there is a set of that name, or the key codec writes JSON
         */
        public <K, V> Builder set(String setName, Map<K, V> map, Codec<K> keys, Codec<V> values) {
            MapSet<K, V> set = new MapSet<>(name, setName, map, keys, values);
            if (sets.putIfAbsent(setName, set) != null) {
                throw new IllegalArgumentException("database " + name + " has two sets named " + setName);
            }
            return this;
        }

        /** Adds the description of an index over one of the sets; see {@link #onRestored}. */
        public Builder index(IndexBackup index) {
            if (indexes.stream().anyMatch(known -> known.name().equals(index.name()))) {
                throw new IllegalArgumentException("database " + name + " has two indexes named " + index.name());
            }
            indexes.add(index);
            return this;
        }

        /** Access settings, stored as they are. */
        public Builder auth(AuthBackup settings) {
            Objects.requireNonNull(settings, "auth");
            return auth(() -> settings);
        }

        /** Access settings as they are when a snapshot is opened; the supplier may return {@code null}. */
        public Builder auth(Supplier<@Nullable AuthBackup> settings) {
            auth = Objects.requireNonNull(settings, "auth");
            return this;
        }

        /**
         * The lock that every writer of the maps holds; held for as long as a snapshot is open, and during a commit.
         */
        public Builder lock(Lock lock) {
            return locks(lock, lock);
        }

        /**
         * The read-write lock of the maps: the read lock is held for as long as a snapshot is open, the write lock
         * during a commit. A thread that commits closes its own snapshot first, or it waits for itself.
         */
        public Builder lock(ReadWriteLock lock) {
            return locks(lock.readLock(), lock.writeLock());
        }

        private Builder locks(Lock forReading, Lock forWriting) {
            if (readLock != null) {
                throw new IllegalStateException("database " + name + " has a lock already");
            }
            readLock = Objects.requireNonNull(forReading, "lock");
            writeLock = Objects.requireNonNull(forWriting, "lock");
            return this;
        }

        /**
         * Scans navigable maps while they change, instead of noting their entries when a snapshot is opened: for maps
         * so large that a list of references is too much. Each entry is right, but together they are not the state at
         * one instant, not even under a manager's barrier. With a lock there is nothing to note, and this changes
         * nothing.
         */
        public Builder scanLive() {
            scanLive = true;
            return this;
        }

        /**
         * Records what the host changes in the maps, so that the database can be replicated. A restore is not recorded:
         * it ends what can be read from the recorder.
         *
         * @param changes records no other database
         */
        public Builder changes(ChangeRecorder changes) {
            if (recorder != null) {
                throw new IllegalStateException("database " + name + " has a recorder already");
            }
            recorder = Objects.requireNonNull(changes, "changes");
            return this;
        }

        /**
         * Is called after each committed restore, still under the lock, with what was restored: its sets (without
         * entries), indexes and access settings. Here a host rebuilds its indexes. If it throws, the entries stay
         * restored and the commit reports the failure.
         */
        public Builder onRestored(Consumer<DatabaseBackup> listener) {
            listeners.add(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * @throws IllegalStateException if a map is not concurrent and there is no lock, or an index is over a set that
         *     does not exist
         */
        public MapDatabase build() {
            if (readLock == null) {
                sets.values().forEach(MapSet::requireConcurrent);
            }
            for (IndexBackup index : indexes) {
                if (!sets.containsKey(index.setName())) {
                    throw new IllegalStateException("database " + name + ", index " + index.name() + ": no set "
                            + index.setName() + "; add it or drop the index");
                }
            }
            if (recorder != null) {
                recorder.recordFor(name, sets.keySet());
            }
            return new MapDatabase(this);
        }
    }
}

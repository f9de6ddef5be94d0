package io.kvbackup.database.mvstore;

import io.kvbackup.database.ChangeLog;
import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.ScratchFactory;
import io.kvbackup.disk.HeldLock;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.IndexBackup;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.jspecify.annotations.Nullable;

/**
 * Maps of an open MVStore as the sets of a database.
 *
 * <p><b>Snapshots</b> are old versions of the maps: opening one commits the store, and the store keeps the chunks of
 * that version until the snapshot is closed, so the file grows by what is overwritten meanwhile. Writers are never
 * blocked. Each map is shown at one instant; a host that changes several maps together, and wants to see them so, gives
 * the {@linkplain Builder#lock lock} under which it does, which is held only while the version is fixed.
 *
 * <p><b>Order.</b> A map whose own order is that of its encoded keys is streamed, after a look at the keys of pages
 * that are new since the last snapshot of this object; incremental backups read only entries near such pages. Keys of
 * other maps are sorted in a temporary file first, in bounded memory, and their values looked up one by one.
 *
 * <p><b>Restore.</b> Entries are staged in new maps in the same store, then renamed. <b>After a commit the host's
 * {@link MVMap} objects of the restored maps are closed</b>, and MVStore shows closed maps as empty: it opens them
 * again by name, or {@linkplain Builder#set(String, MVMap.MapBuilder, Codec, Codec, Consumer) is given} the new ones. A
 * crash before the commit is decided leaves the old maps; a later one leaves maps from which {@link Builder#build()}
 * completes the new state. So a host builds its database description after it has opened the store and before it opens
 * its maps. A store with auto-commit disabled keeps all that is staged in memory until the commit.
 *
 * <p><b>Limits.</b> Map names do not start with {@code kvbackup.}. Maps of a {@code TransactionStore} are not described
 * here: their values are wrapped. The host keeps the store open while a backup or restore runs. An interrupt that
 * arrives <em>within</em> a read or write of the file makes Java close it, and the store with it; this adapter looks
 * for interrupts before each entry, so that this is rare, but a host that must not lose the store does not interrupt.
 *
 * <p>Safe for use by several threads.
 */
public final class MvStoreDatabase implements Database {
    private final String name;
    private final MVStore store;
    private final Map<String, StoredMap<?, ?, ?>> sets;
    private final List<IndexBackup> indexes;
    private final @Nullable Lock lock;
    private final SwapPlan plan;
    private final MapHolders holders;
    private final MvStoreChangeLog changes;
    /** By set. */
    private final Map<String, KnownPages> pages = new ConcurrentHashMap<>();

    private MvStoreDatabase(Builder builder) {
        name = builder.name;
        store = builder.store;
        sets = Collections.unmodifiableMap(new LinkedHashMap<>(builder.sets));
        indexes = List.copyOf(builder.indexes);
        lock = builder.lock;
        plan = new SwapPlan(store, name, sets, builder.steps);
        holders = new MapHolders(store, builder.holders);
        changes = new MvStoreChangeLog(this, Clock.systemUTC());
    }

    /** Starts the description of a database. */
    @SuppressWarnings("exports") // only hosts that have MVStore call this, and they require its module themselves
    public static Builder builder(String name, MVStore store) {
        return new Builder(name, store);
    }

    @Override
    public String name() {
        return name;
    }

    /**
     * {@inheritDoc} Sets whose map does not exist are shown empty.
     *
     * @throws java.io.InterruptedIOException if the thread is interrupted while it waits for the lock
     */
    @Override
    public DatabaseSnapshot openSnapshot() throws IOException {
        List<SetBackup> headers = sets.values().stream().map(StoredMap::header).toList();
        DatabaseBackup header = DatabaseBackup.of(name, headers, indexes, null);
        return new MvStoreSnapshot(
                store, header, fixVersion("open a snapshot of database " + name, changes::pass), pages);
    }

    /**
     * Commits the store under the host's lock.
     *
     * @param told of the version before there can be another; under the lock of the change log too
     */
    StoreVersion fixVersion(String operation, Consumer<StoreVersion> told) throws IOException {
        StoreAccess.refuseInterrupt(operation);
        HeldLock held = HeldLock.acquire(lock, operation);
        try (held) {
            synchronized (changes) {
                StoreVersion version = StoreAccess.call(store, operation, () -> new StoreVersion(store, sets.values()));
                told.accept(version);
                return version;
            }
        }
    }

    /**
     * {@inheritDoc} Versions of the maps are compared, so what happened between two readings comes as one commit.
     * Reading commits the store under the host's lock, and the store keeps the version that was read last.
     */
    @Override
    public Optional<ChangeLog> changeLog() {
        return Optional.of(changes);
    }

    MVStore store() {
        return store;
    }

    @Override
    public DatabaseRestore beginRestore(DatabaseBackup header) throws IOException {
        return begin(header, KeyRange.all());
    }

    /** {@inheritDoc} Entries with other keys are copied as the store has them, not by way of codecs. */
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
        RestoreClaim claim = RestoreClaim.take(store, name)
                .orElseThrow(() -> new IOException("cannot begin a restore of database " + name
                        + ": another one is at work; wait for it, or close it"));
        try {
            StoreAccess.run(store, "begin a restore of database " + name, plan::completeLater);
            holders.handOverAfterRestore();
            return new MvStoreRestore(header, keys, store, sets, plan, claim, holders);
        } catch (IOException | RuntimeException | Error e) {
            claim.close();
            throw e;
        }
    }

    /** {@inheritDoc} A store of its own, with this one's data types. */
    @Override
    public Optional<ScratchFactory> scratch(Path folder) {
        return Optional.of(new MvStoreScratch(sets, folder));
    }

    private void recover() throws IOException {
        Optional<RestoreClaim> claim = RestoreClaim.take(store, name);
        if (claim.isPresent()) {
            try (RestoreClaim held = claim.get()) {
                StoreAccess.run(store, "complete the last restore of database " + held.database(), () -> {
                    if (!store.isReadOnly()) {
                        plan.completeLater();
                    }
                });
            }
        }
    }

    @Override
    public List<Place> places() {
        return StoreAccess.file(store).map(Place::shared).stream().toList();
    }

    @Override
    public String toString() {
        return "MvStoreDatabase[" + name + ", sets=" + sets.keySet() + "]";
    }

    /** Describes an {@link MvStoreDatabase}. Used by one thread. */
    public static final class Builder {
        private final String name;
        private final MVStore store;
        private final Map<String, StoredMap<?, ?, ?>> sets = new LinkedHashMap<>();
        private final List<IndexBackup> indexes = new ArrayList<>();
        private @Nullable Lock lock;
        private final List<MapHolders.Holder<?, ?, ?>> holders = new ArrayList<>();
        private CommitSteps steps = CommitSteps.IGNORED;

        private Builder(String name, MVStore store) {
            if (name.isEmpty()) {
                throw new IllegalArgumentException("a database needs a name");
            }
            this.name = name;
            this.store = Objects.requireNonNull(store, "store");
        }

        /**
         * Adds a map as a set of the same name.
         *
         * @param types the builder with which the host opens the map; it knows the data types of keys and values
         * @throws IllegalArgumentException if there is a set of that name, or the key codec writes JSON
         */
        @SuppressWarnings("exports") // only hosts that have MVStore call this, and they require its module themselves
        public <M extends MVMap<K, V>, K, V> Builder set(
                String map, MVMap.MapBuilder<M, K, V> types, Codec<K> keys, Codec<V> values) {
            add(map, types, keys, values);
            return this;
        }

        /**
         * As {@link #set(String, MVMap.MapBuilder, Codec, Codec)}, and gives the host the map to work with: now, when
         * the description is built, and again after each restore, which closes the one before.
         *
         * @param host keeps the map, as in {@code map -> items = map}, where {@code items} is volatile; called by the
         *     thread that builds or restores
         */
        @SuppressWarnings("exports") // only hosts that have MVStore call this, and they require its module themselves
        public <M extends MVMap<K, V>, K, V> Builder set(
                String map, MVMap.MapBuilder<M, K, V> types, Codec<K> keys, Codec<V> values, Consumer<? super M> host) {
            holders.add(new MapHolders.Holder<>(add(map, types, keys, values), host));
            return this;
        }

        private <M extends MVMap<K, V>, K, V> StoredMap<M, K, V> add(
                String map, MVMap.MapBuilder<M, K, V> types, Codec<K> keys, Codec<V> values) {
            // A restore writes down the names of its maps in UTF-8.
            boolean isText = StandardCharsets.UTF_8.newEncoder().canEncode(map);
            if (map.isEmpty() || map.startsWith("kvbackup.") || !isText) {
                throw new IllegalArgumentException(
                        "database " + name + ": a map cannot be named \"" + map + "\"; choose another name");
            }
            StoredMap<M, K, V> added = new StoredMap<>(name, map, types, keys, values);
            if (sets.putIfAbsent(map, added) != null) {
                throw new IllegalArgumentException("database " + name + " has two sets named " + map);
            }
            return added;
        }

        /**
         * Adds a map whose backup holds the bytes that its data types write: exact whatever they are, Java-serialised
         * objects too, but understood by MVStore only. Texts and byte arrays stand as they are.
         *
         * <p>To restore serialised objects is to deserialise them, as opening the map is: restore backups that you
         * trust.
         *
         * @param types the builder with which the host opens the map; where it names no data type, MVStore's default
         * @throws IllegalArgumentException if there is a set of that name
         */
        @SuppressWarnings("exports") // only hosts that have MVStore call this, and they require its module themselves
        public <M extends MVMap<K, V>, K, V> Builder set(String map, MVMap.MapBuilder<M, K, V> types) {
            return set(map, types, DataTypeCodec.of(types.getKeyType()), DataTypeCodec.of(types.getValueType()));
        }

        /** As {@link #set(String, MVMap.MapBuilder)}, and gives the host the map to work with. */
        @SuppressWarnings("exports") // only hosts that have MVStore call this, and they require its module themselves
        public <M extends MVMap<K, V>, K, V> Builder set(
                String map, MVMap.MapBuilder<M, K, V> types, Consumer<? super M> host) {
            return set(map, types, DataTypeCodec.of(types.getKeyType()), DataTypeCodec.of(types.getValueType()), host);
        }

        /** Adds the description of an index, whose content is the host's to rebuild. */
        public Builder index(IndexBackup index) {
            if (indexes.stream().anyMatch(known -> known.name().equals(index.name()))) {
                throw new IllegalArgumentException("database " + name + " has two indexes named " + index.name());
            }
            indexes.add(index);
            return this;
        }

        /**
         * The lock under which the host changes several maps together; held while a version is fixed, not while it is
         * read.
         */
        public Builder lock(Lock held) {
            if (lock != null) {
                throw new IllegalStateException("database " + name + " has a lock already");
            }
            lock = Objects.requireNonNull(held, "lock");
            return this;
        }

        Builder sets(Map<String, StoredMap<?, ?, ?>> same) {
            sets.putAll(same);
            return this;
        }

        Builder steps(CommitSteps told) {
            steps = told;
            return this;
        }

        /**
         * Makes the database, after completing a restore that a crash interrupted once it was decided, and removing the
         * remains of one that was not.
         *
         * @throws IOException if the store is closed, or a decided restore cannot be completed, for instance because
         *     that would erase what was written to a map since; says what to do
         * @throws IllegalStateException if there is no set, or an index is of a set that does not exist
         */
        public MvStoreDatabase build() throws IOException {
            if (sets.isEmpty()) {
                throw new IllegalStateException("database " + name + " has no sets; add its maps");
            }
            for (IndexBackup index : indexes) {
                if (!sets.containsKey(index.setName())) {
                    throw new IllegalStateException("database " + name + ", index " + index.name() + ": no set "
                            + index.setName() + "; add it or drop the index");
                }
            }
            MvStoreDatabase database = new MvStoreDatabase(this);
            database.recover();
            StoreAccess.run(store, "give the host the maps of database " + name, database.holders::handOver);
            return database;
        }
    }
}

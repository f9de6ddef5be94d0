package io.kvbackup.database.rocksdb;

import io.kvbackup.database.ChangeLog;
import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.ScratchFactory;
import io.kvbackup.model.AuthBackup;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.IndexBackup;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
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
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.TtlDB;

/**
 * Column families of an open RocksDB as the sets of a database.
 *
 * <p><b>Snapshots</b> are RocksDB's: one for all families, at one instant, without waiting for or by writers. Scans
 * leave the block cache alone. Merge operands are read as merged values.
 *
 * <p><b>Restore.</b> Entries are staged as SST files beside the database, on the same file system, then ingested:
 * within a family, readers see the old or the new content. RocksDB ingests one family after the other, so between
 * several families a reader may see new beside old while {@code commit} runs. A crash before the commit is decided
 * leaves the old state; a crash later leaves files from which {@link Builder#build()} completes the new state. <b>So a
 * host builds its database description after it has opened RocksDB and before it reads or writes.</b> One that has
 * written to a family which was still to be swapped in gets an error instead, and keeps what it wrote; so does one that
 * writes to a restored family while a commit prepares, and nothing is restored. Disk space for the restored entries,
 * and for the keys that are replaced, is needed until commit.
 *
 * <p><b>Limits.</b> Families use RocksDB's default (bytewise) comparator and names in UTF-8, without user-defined
 * timestamps; a {@code TtlDB} is refused. The host keeps RocksDB and the handles open while a backup or restore runs:
 * what is closed already is answered by {@link IOException}, but closing them <em>during</em> a call may end the
 * process. This adapter closes neither.
 *
 * <p>Safe for use by several threads.
 */
public final class RocksDbDatabase implements Database {
    private final String name;
    private final RocksDB db;
    private final List<IndexBackup> indexes;
    private final Supplier<@Nullable AuthBackup> auth;
    private final String identity;
    private final NewFamilies.@Nullable Wish newFamilies;
    /** With all families that there are; restores may create some. */
    private volatile RestoreSite target;

    private volatile RocksDbChangeLog changes;

    private RocksDbDatabase(Builder builder, RestoreSite target, String identity) {
        this.name = builder.name;
        this.db = builder.db;
        this.indexes = List.copyOf(builder.indexes);
        this.auth = builder.auth;
        this.newFamilies = builder.newFamilies;
        this.target = target;
        this.identity = identity;
        this.changes = changesOf(target);
    }

    private RocksDbChangeLog changesOf(RestoreSite site) {
        return new RocksDbChangeLog(name, db, site.families(), identity, Clock.systemUTC());
    }

    /**
     * Starts the description of a database.
     *
     * @param families handles, of this very RocksDB, on the column families that are its sets, under their own
     *     names; the default family if none is given
     */
    @SuppressWarnings("exports") // only hosts that have RocksDB call this, and they require its module themselves
    public static Builder builder(String name, RocksDB db, ColumnFamilyHandle... families) {
        // On the module path RocksDB's module is named after its jar file, so it cannot be required by name.
        RocksDbDatabase.class.getModule().addReads(((Object) db).getClass().getModule());
        return new Builder(name, db, List.of(families));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public DatabaseSnapshot openSnapshot() throws IOException {
        Map<String, Family> families = target.families();
        for (Family family : families.values()) {
            family.ensureOpen(db, "open a snapshot of database " + name);
        }
        List<SetBackup> sets = families.values().stream().map(Family::header).toList();
        boolean standsInLog = changes.isReadable();
        return new RocksDbSnapshot(db, DatabaseBackup.of(name, sets, indexes, auth.get()), families, standsInLog);
    }

    @Override
    public DatabaseRestore beginRestore(DatabaseBackup header) throws IOException {
        return begin(header, KeyRange.all());
    }

    /** {@inheritDoc} Entries with other keys are not touched, and may be written until the commit. */
    @Override
    public Optional<DatabaseRestore> beginPartialRestore(DatabaseBackup header, KeyRange keys) throws IOException {
        return Optional.of(begin(header, keys));
    }

    private DatabaseRestore begin(DatabaseBackup header, KeyRange keys) throws IOException {
        RestoreSite site = target;
        Set<String> known = site.families().keySet();
        Map<String, SetBackup> missing = new LinkedHashMap<>(header.sets());
        missing.keySet().removeAll(known);
        if (!missing.isEmpty() && newFamilies == null) {
            throw new IOException("cannot restore database " + name + ": no handles were given for column families "
                    + new TreeSet<>(missing.keySet()) + ", only for " + known
                    + "; create and add them, let restores do so (createFamilies), or choose other sets");
        }
        for (Family family : site.families().values()) {
            family.ensureOpen(db, "restore database " + name);
        }
        StagingDirectory staging = site.claim();
        try {
            NewFamilies created = missing.isEmpty() || newFamilies == null
                    ? NewFamilies.none(db)
                    : NewFamilies.create(db, missing.values(), newFamilies, this::add);
            return new RocksDbRestore(header, keys, site.with(created.all()), staging, created);
        } catch (IOException | RuntimeException | Error e) {
            try {
                staging.remove();
            } catch (IOException more) {
                e.addSuppressed(more);
            }
            throw e;
        }
    }

    private synchronized void add(Map<String, Family> created) {
        target = target.with(created);
        changes = changesOf(target);
    }

    /**
     * {@inheritDoc} It is RocksDB's write-ahead log, which RocksDB keeps long enough if it is opened with
     * {@code WAL_ttl_seconds} or {@code WAL_size_limit_MB}; without, and with some other options, the log says so when
     * it is asked. What is written past the write-ahead log ends what can be read. Readers are closed before RocksDB.
     */
    @Override
    public Optional<ChangeLog> changeLog() {
        return Optional.of(changes);
    }

    /**
     * Makes the changes of another process's log in this database, for {@code Replication.follow}.
     *
     * @param positions a family of the host that is none of the sets; keeps how far the copy has come
     */
    @SuppressWarnings("exports") // only hosts that have RocksDB call this, and they require its module themselves
    public RocksDbFollower follower(ColumnFamilyHandle positions) {
        return new RocksDbFollower(name, db, target.families(), positions);
    }

    @Override
    public List<Place> places() {
        return List.of(Place.shared(Path.of(db.getName())), Place.replaced(target.path()));
    }

    /** {@inheritDoc} A RocksDB of its own, with families of RocksDB's default options. */
    @Override
    public Optional<ScratchFactory> scratch(Path folder) {
        return Optional.of(new RocksDbScratch(target.families().keySet(), folder));
    }

    @Override
    public String toString() {
        return "RocksDbDatabase[" + name + ", sets=" + target.families().keySet() + "]";
    }

    /** Describes a {@link RocksDbDatabase}. Used by one thread. */
    public static final class Builder {
        private static final long SPLIT_AT = 256L << 20;

        private final String name;
        private final RocksDB db;
        private final List<ColumnFamilyHandle> handles;
        private final Map<String, Encoding[]> encodings = new LinkedHashMap<>();
        private final List<IndexBackup> indexes = new ArrayList<>();
        private Supplier<@Nullable AuthBackup> auth = () -> null;
        private @Nullable Path stagingParent;
        private long splitAt = SPLIT_AT;
        private CommitSteps steps = CommitSteps.IGNORED;
        private NewFamilies.@Nullable Wish newFamilies;

        private Builder(String name, RocksDB db, List<ColumnFamilyHandle> handles) {
            if (name.isEmpty()) {
                throw new IllegalArgumentException("a database needs a name");
            }
            this.name = name;
            this.db = Objects.requireNonNull(db, "db");
            this.handles = handles;
        }

        /** Says what the bytes of a set are; they are BINARY unless told otherwise. Not checked against the entries. */
        public Builder encoding(String set, Encoding keys, Encoding values) {
            SetBackup valid = new SetBackup(set, keys, values);
            if (encodings.put(set, new Encoding[] {valid.keys(), valid.values()}) != null) {
                throw new IllegalArgumentException("database " + name + ": set " + set + " has an encoding already");
            }
            return this;
        }

        /** Adds the description of an index, whose content is the host's to rebuild. */
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
         * The folder in which restores make a folder of their own, named after RocksDB and this database; by default
         * the one that holds RocksDB's. It is on the same file system, or a restore copies what it would have moved,
         * and the same at every start of the host, or a crashed restore is not completed.
         */
        public Builder stagingDirectory(Path parent) {
            stagingParent = Objects.requireNonNull(parent, "stagingDirectory");
            return this;
        }

        /**
         * Lets restores create the column families that a backup has and this RocksDB has not, as when it is new. They
         * are sets of the database from then on. A restore that fails drops them again; if the process ends within one,
         * they stay, empty or not, and the next start has to open them ({@code RocksDB.listColumnFamilies}).
         *
         * @param options of a family, by its name; the host closes them
         * @param created takes the handle of each, which the host closes as it does its own; called by the thread that
         *     restores, when the restore is done
         */
        @SuppressWarnings("exports") // only hosts that have RocksDB call this, and they require its module themselves
        public Builder createFamilies(
                Function<String, ColumnFamilyOptions> options, Consumer<ColumnFamilyHandle> created) {
            newFamilies = new NewFamilies.Wish(
                    Objects.requireNonNull(options, "options"), Objects.requireNonNull(created, "created"));
            return this;
        }

        /** @param bytes of keys and values after which staging begins a new file */
        Builder splitAt(long bytes) {
            splitAt = bytes;
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
         * @throws IOException if RocksDB or a handle is closed, a family cannot be backed up, or a decided restore
         *     cannot be completed; says what to do
         * @throws IllegalStateException if an encoding or index is of a set that does not exist
         */
        public RocksDbDatabase build() throws IOException {
            RocksDbErrors.ensureOpen(db, "build database " + name);
            if (db instanceof TtlDB) {
                throw new IOException(
                        "database " + name + ": a TtlDB adds to each value when it was written, which backups"
                                + " of entries would lose and restores would lack; use RocksDbCheckpoint, which "
                                + "keeps it");
            }
            Map<String, Family> families = families();
            for (IndexBackup index : indexes) {
                requireSet(families, index.setName(), "index " + index.name());
            }
            StagingNames names = stagingNames();
            for (Path former : names.former(name)) {
                target(families, former).recoverDecided();
            }
            RestoreSite target = target(families, names.of(name));
            target.recover();
            return new RocksDbDatabase(this, target, target.identity());
        }

        private Map<String, Family> families() throws IOException {
            Map<String, Family> families = new LinkedHashMap<>();
            for (ColumnFamilyHandle handle : handles.isEmpty() ? List.of(db.getDefaultColumnFamily()) : handles) {
                Family family = Family.of(db, handle);
                if (families.putIfAbsent(family.name(), family) != null) {
                    throw new IllegalArgumentException("column family " + family.name() + " was given twice");
                }
            }
            OptionsFile.requireBytewise(Path.of(db.getName()), families.keySet());
            encodings.forEach((set, encoding) -> {
                requireSet(families, set, "its encoding");
                families.computeIfPresent(set, (same, family) -> family.encoded(encoding[0], encoding[1]));
            });
            return Collections.unmodifiableMap(families);
        }

        private void requireSet(Map<String, Family> families, String set, String what) {
            if (!families.containsKey(set)) {
                throw new IllegalStateException("database " + name + ", " + what + ": no column family " + set
                        + " was given, only " + families.keySet());
            }
        }

        private RestoreSite target(Map<String, Family> families, Path staging) {
            return new RestoreSite(name, db, families, staging, splitAt, steps);
        }

        private StagingNames stagingNames() {
            return StagingNames.of(Path.of(db.getName()), Optional.ofNullable(stagingParent));
        }
    }
}

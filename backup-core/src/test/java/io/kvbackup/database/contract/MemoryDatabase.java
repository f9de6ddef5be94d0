package io.kvbackup.database.contract;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.StagedRestore;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A database for tests: its whole state is one immutable value, so that a snapshot is a reference and a commit an
 * assignment. It does not exist until it is created or restored, and takes whatever sets a restore brings;
 * indexes and access settings become those of the restore.
 */
public final class MemoryDatabase implements Database {
    private final String name;
    private final AtomicReference<Optional<DatabaseBackup>> state = new AtomicReference<>(Optional.empty());

    /** A database that does not exist yet. */
    public MemoryDatabase(String name) {
        this.name = name;
    }

    /** A database with empty sets. */
    public static MemoryDatabase of(String name, SetBackup... sets) {
        MemoryDatabase database = new MemoryDatabase(name);
        database.state.set(Optional.of(DatabaseBackup.of(name, sets)));
        return database;
    }

    @Override
    public String name() {
        return name;
    }

    /** The whole content, or empty if the database does not exist. */
    public Optional<DatabaseBackup> content() {
        return state.get();
    }

    public boolean exists() {
        return content().isPresent();
    }

    public void drop() {
        state.set(Optional.empty());
    }

    /** Changes entries at one instant. */
    public void change(List<Write> together) {
        state.updateAndGet(old -> old.map(backup -> {
            Map<String, NavigableMap<byte[], byte[]>> changed = new LinkedHashMap<>();
            for (Write write : together) {
                NavigableMap<byte[], byte[]> set = changed.computeIfAbsent(
                        write.set(),
                        name -> new TreeMap<>(backup.sets().get(name).data()));
                if (write.value() == null) {
                    set.remove(write.key());
                } else {
                    set.put(write.key(), write.value());
                }
            }
            return withData(backup, changed);
        }));
    }

    private static DatabaseBackup withData(DatabaseBackup backup, Map<String, NavigableMap<byte[], byte[]>> changed) {
        return backup.withSets(backup.sets().values().stream()
                .map(set -> new SetBackup(
                        set.name(), set.keys(), set.values(), changed.getOrDefault(set.name(), set.data())))
                .toList());
    }

    @Override
    public DatabaseSnapshot openSnapshot() throws IOException {
        return new Snapshot(content().orElseThrow(() -> new NoSuchFileException(name, null, "no such database")));
    }

    @Override
    public DatabaseRestore beginRestore(DatabaseBackup header) {
        return new Restore(header);
    }

    private static final class Snapshot implements DatabaseSnapshot {
        private final DatabaseBackup content;
        private boolean closed;

        private Snapshot(DatabaseBackup content) {
            this.content = content;
        }

        @Override
        public DatabaseBackup header() {
            return content.withSets(content.sets().values().stream()
                    .map(set -> new SetBackup(set.name(), set.keys(), set.values()))
                    .toList());
        }

        @Override
        public void readEntries(String set, KeyRange range, EntryVisitor to) throws IOException {
            if (closed) {
                throw new IOException("the snapshot of database " + content.name() + " is closed");
            }
            if (!content.sets().containsKey(set)) {
                throw new IllegalArgumentException(
                        "no set " + set + " but " + content.sets().keySet());
            }
            for (Map.Entry<byte[], byte[]> entry :
                    content.sets().get(set).data().entrySet()) {
                if (range.contains(entry.getKey())) {
                    to.visit(entry.getKey(), entry.getValue());
                }
            }
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private final class Restore extends StagedRestore {
        private final Map<String, NavigableMap<byte[], byte[]>> staged = new LinkedHashMap<>();
        private boolean alone;

        private Restore(DatabaseBackup header) {
            super(header);
        }

        @Override
        public void dropOtherSets() {
            alone = true;
        }

        @Override
        protected EntryVisitor stage(SetBackup set) {
            NavigableMap<byte[], byte[]> entries = DatabaseContents.empty();
            staged.put(set.name(), entries);
            return entries::put;
        }

        @Override
        protected void commitStaged() {
            state.updateAndGet(old -> {
                Map<String, SetBackup> sets = new LinkedHashMap<>();
                old.filter(backup -> !alone).ifPresent(backup -> sets.putAll(backup.sets()));
                header().sets().forEach((set, header) -> {
                    sets.put(set, header);
                    staged.putIfAbsent(set, DatabaseContents.empty());
                });
                return Optional.of(withData(header().withName(name).withSets(sets.values()), staged));
            });
        }

        @Override
        protected void discard() {
            staged.clear();
        }
    }
}

package io.kvbackup.examples;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.StagedRestore;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** An engine of one's own and its adapter: a state is never changed, only replaced by the next. */
// region adapter
final class VersionedDatabase implements Database {
    /** The entries of all sets at one moment. */
    record State(Map<String, NavigableMap<byte[], byte[]>> sets) {
        static State empty(Set<String> names) {
            Map<String, NavigableMap<byte[], byte[]>> sets = new HashMap<>();
            names.forEach(name -> sets.put(name, new TreeMap<>(Arrays::compareUnsigned)));
            return new State(sets);
        }

        NavigableMap<byte[], byte[]> set(String name) {
            NavigableMap<byte[], byte[]> entries = sets.get(name);
            if (entries == null) {
                throw new IllegalArgumentException("no set " + name + ", only " + sets.keySet());
            }
            return entries;
        }

        State copy() {
            State copy = empty(sets.keySet());
            sets.forEach((name, entries) -> copy.set(name).putAll(entries));
            return copy;
        }
    }

    private final String name;
    private volatile State state;

    VersionedDatabase(String name, Set<String> sets) {
        this.name = name;
        state = State.empty(sets);
    }

    State state() {
        return state;
    }

    synchronized void change(Consumer<State> change) {
        State next = state.copy();
        change.accept(next);
        state = next;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public DatabaseSnapshot openSnapshot() {
        State now = state;
        return new DatabaseSnapshot() {
            private boolean closed;

            @Override
            public DatabaseBackup header() {
                return DatabaseBackup.of(
                        name,
                        now.sets().keySet().stream()
                                .map(set -> new SetBackup(set, Encoding.BINARY, Encoding.BINARY))
                                .toArray(SetBackup[]::new));
            }

            @Override
            public void readEntries(String set, KeyRange range, EntryVisitor to) throws IOException {
                if (closed) {
                    throw new IOException("database " + name + ": the snapshot is closed");
                }
                for (Map.Entry<byte[], byte[]> entry : now.set(set).entrySet()) {
                    if (range.contains(entry.getKey())) {
                        to.visit(entry.getKey(), entry.getValue());
                    }
                }
            }

            @Override
            public void close() {
                closed = true;
            }
        };
    }

    @Override
    public DatabaseRestore beginRestore(DatabaseBackup header) throws IOException {
        Set<String> wanted = header.sets().keySet();
        if (!state.sets().keySet().containsAll(wanted)) {
            throw new IOException("database " + name + " has the sets "
                    + state.sets().keySet() + ", the backup " + wanted + "; choose among its sets");
        }
        State staged = State.empty(wanted);
        return new StagedRestore(header) {
            @Override
            protected EntryVisitor stage(SetBackup set) {
                return staged.set(set.name())::put;
            }

            @Override
            protected void commitStaged() {
                change(next -> next.sets().putAll(staged.sets()));
            }

            @Override
            protected void discard() {}
        };
    }
}
// endregion

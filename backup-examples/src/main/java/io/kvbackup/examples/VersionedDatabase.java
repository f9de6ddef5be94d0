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
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/** An engine of one's own and its adapter: the state is a value that is never changed, only replaced. */
// region adapter
final class VersionedDatabase implements Database {
    private final String name;
    private final AtomicReference<Map<String, NavigableMap<byte[], byte[]>>> state;

    VersionedDatabase(String name, Set<String> sets) {
        this.name = name;
        Map<String, NavigableMap<byte[], byte[]>> empty = new HashMap<>();
        sets.forEach(set -> empty.put(set, new TreeMap<>(Arrays::compareUnsigned)));
        state = new AtomicReference<>(empty);
    }

    void change(UnaryOperator<Map<String, NavigableMap<byte[], byte[]>>> change) {
        state.updateAndGet(change);
    }

    NavigableMap<byte[], byte[]> entries(String set) {
        return state.get().get(set);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public DatabaseSnapshot openSnapshot() {
        Map<String, NavigableMap<byte[], byte[]>> now = state.get();
        return new DatabaseSnapshot() {
            @Override
            public DatabaseBackup header() {
                return DatabaseBackup.of(
                        name,
                        now.keySet().stream()
                                .map(set -> new SetBackup(set, Encoding.BINARY, Encoding.BINARY))
                                .toArray(SetBackup[]::new));
            }

            @Override
            public void readEntries(String set, KeyRange range, EntryVisitor to) throws IOException {
                for (Map.Entry<byte[], byte[]> entry : now.get(set).entrySet()) {
                    if (range.contains(entry.getKey())) {
                        to.visit(entry.getKey(), entry.getValue());
                    }
                }
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public DatabaseRestore beginRestore(DatabaseBackup header) throws IOException {
        if (!state.get().keySet().containsAll(header.sets().keySet())) {
            throw new IOException("database " + name + " has the sets " + state.get().keySet() + ", the backup "
                    + header.sets().keySet() + "; choose among its sets");
        }
        Map<String, NavigableMap<byte[], byte[]>> staged = new HashMap<>();
        header.sets().keySet().forEach(set -> staged.put(set, new TreeMap<>(Arrays::compareUnsigned)));
        return new StagedRestore(header) {
            @Override
            protected EntryVisitor stage(SetBackup set) {
                return staged.get(set.name())::put;
            }

            @Override
            protected void commitStaged() {
                state.updateAndGet(live -> {
                    Map<String, NavigableMap<byte[], byte[]>> next = new HashMap<>(live);
                    next.putAll(staged);
                    return next;
                });
            }

            @Override
            protected void discard() {}
        };
    }
}
// endregion

package io.kvbackup.examples;

import io.kvbackup.database.Database;
import io.kvbackup.database.contract.DatabaseContract;
import io.kvbackup.database.contract.Write;
import java.util.HashMap;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

// region database-contract
class VersionedDatabaseTest extends DatabaseContract {
    private final VersionedDatabase database = new VersionedDatabase("mine", Set.of("first", "second"));

    @Override
    public Database database() {
        return database;
    }

    @Override
    public void write(List<Write> together) {
        database.change(state -> {
            var next = new HashMap<>(state);
            for (Write write : together) {
                NavigableMap<byte[], byte[]> set = new TreeMap<>(next.get(write.set()));
                if (write.value() == null) {
                    set.remove(write.key());
                } else {
                    set.put(write.key(), write.value());
                }
                next.put(write.set(), set);
            }
            return next;
        });
    }

    @Override
    public NavigableMap<byte[], byte[]> readLive(String set) {
        return database.entries(set);
    }
}
// endregion

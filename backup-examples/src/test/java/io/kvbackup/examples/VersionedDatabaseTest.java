package io.kvbackup.examples;

import io.kvbackup.database.Database;
import io.kvbackup.database.contract.DatabaseContract;
import io.kvbackup.database.contract.Write;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;

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
            for (Write write : together) {
                if (write.value() == null) {
                    state.set(write.set()).remove(write.key());
                } else {
                    state.set(write.set()).put(write.key(), write.value());
                }
            }
        });
    }

    @Override
    public NavigableMap<byte[], byte[]> readLive(String set) {
        return database.state().set(set);
    }
}
// endregion

package io.kvbackup.database.contract;

import io.kvbackup.database.Database;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.util.List;
import java.util.NavigableMap;

class MemoryDatabaseTest extends DatabaseContract {
    private final MemoryDatabase database = MemoryDatabase.of(
            "orders",
            new SetBackup("first", Encoding.BINARY, Encoding.BINARY),
            new SetBackup("second", Encoding.BINARY, Encoding.BINARY));

    @Override
    public Database database() {
        return database;
    }

    @Override
    public void write(List<Write> together) {
        database.change(together);
    }

    @Override
    public NavigableMap<byte[], byte[]> readLive(String set) {
        return database.content().orElseThrow().sets().get(set).data();
    }

    @Override
    public boolean takesUnknownSets() {
        return true;
    }
}

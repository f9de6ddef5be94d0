package io.kvbackup.database.rocksdb;

import io.kvbackup.database.Database;
import io.kvbackup.database.contract.ChangeLogContract;
import io.kvbackup.database.contract.DatabaseContract;
import io.kvbackup.database.contract.Write;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class RocksDbDatabaseContractTest extends DatabaseContract implements ChangeLogContract {
    @TempDir
    private Path folder;

    private TestRocksDb rocks;
    private Database database;

    @BeforeEach
    void open() throws Exception {
        rocks = new TestRocksDb(folder.resolve("db"));
        database = rocks.builder().splitAt(100_000).build();
    }

    @AfterEach
    void close() {
        rocks.close();
    }

    @Override
    public Database database() {
        return database;
    }

    @Override
    public Optional<Database> databaseNamed(String name) throws Exception {
        return Optional.of(rocks.builder(name).build());
    }

    @Override
    public void write(List<Write> together) throws Exception {
        rocks.write(together);
    }

    @Override
    public NavigableMap<byte[], byte[]> readLive(String set) throws Exception {
        return rocks.read(set);
    }

    @Override
    public boolean changeWithoutRecord() throws Exception {
        rocks.ingest("first", folder, "a", "past the log");
        return true;
    }

    @Override
    public void assertNothingLeftBehind() throws Exception {
        rocks.assertNothingStaged();
    }
}

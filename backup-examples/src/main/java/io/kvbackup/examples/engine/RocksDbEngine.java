package io.kvbackup.examples.engine;

import io.kvbackup.database.Database;
import io.kvbackup.database.rocksdb.RocksDbCheckpoint;
import io.kvbackup.database.rocksdb.RocksDbDatabase;
import io.kvbackup.model.Encoding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

final class RocksDbEngine implements HostEngine {
    private final DBOptions options;
    private final RocksDB rocks;
    private final List<ColumnFamilyHandle> handles;
    private final Database database;

    private RocksDbEngine(DBOptions options, RocksDB rocks, List<ColumnFamilyHandle> handles, Database database) {
        this.options = options;
        this.rocks = rocks;
        this.handles = handles;
        this.database = database;
    }

    @FunctionalInterface
    private interface Description {
        Database of(RocksDB rocks, ColumnFamilyHandle packages) throws IOException;
    }

    static RocksDbEngine logical(Path folder, String name) throws IOException {
        return open(
                folder,
                (rocks, packages) -> RocksDbDatabase.builder(name, rocks, packages)
                        .encoding(SET, Encoding.TEXT, Encoding.JSON)
                        .build());
    }

    static RocksDbEngine physical(Path folder, String name) throws IOException {
        return open(folder, (rocks, packages) -> RocksDbCheckpoint.of(name, rocks, folder.resolve("restored")));
    }

    private static RocksDbEngine open(Path folder, Description description) throws IOException {
        DBOptions options = new DBOptions().setCreateIfMissing(true).setCreateMissingColumnFamilies(true);
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try {
            RocksDB rocks = RocksDB.open(
                    options,
                    folder.resolve("db").toString(),
                    List.of(
                            new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY),
                            new ColumnFamilyDescriptor(SET.getBytes(StandardCharsets.UTF_8))),
                    handles);
            return new RocksDbEngine(options, rocks, handles, description.of(rocks, handles.get(1)));
        } catch (RocksDBException e) {
            options.close();
            throw new IOException("cannot open RocksDB in " + folder + ": " + e.getMessage(), e);
        }
    }

    @Override
    public Database database() {
        return database;
    }

    @Override
    public void put(byte[] key, byte[] value) throws IOException {
        try {
            rocks.put(handles.get(1), key, value);
        } catch (RocksDBException e) {
            throw new IOException("RocksDB: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        handles.forEach(ColumnFamilyHandle::close);
        rocks.close();
        options.close();
    }
}

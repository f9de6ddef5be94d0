package io.kvbackup.examples;

import io.kvbackup.database.Database;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.rocksdb.RocksDbDatabase;
import io.kvbackup.model.Encoding;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** The host application's live data: a RocksDB with one column family, {@code packages}. */
final class PackageStore implements Closeable {
    static final String DATABASE = "packages";
    static final String SET = "packages";
    private static final int BATCH = 1000;

    private final DBOptions options;
    private final RocksDB rocks;
    private final List<ColumnFamilyHandle> handles;
    private final Database database;

    private PackageStore(DBOptions options, RocksDB rocks, List<ColumnFamilyHandle> handles) throws IOException {
        this.options = options;
        this.rocks = rocks;
        this.handles = handles;
        this.database = RocksDbDatabase.builder(DATABASE, rocks, packages())
                .encoding(SET, Encoding.TEXT, Encoding.JSON)
                .build();
    }

    static PackageStore open(Path folder) throws IOException {
        Files.createDirectories(folder);
        DBOptions options = new DBOptions().setCreateIfMissing(true).setCreateMissingColumnFamilies(true);
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try {
            RocksDB rocks = RocksDB.open(
                    options,
                    folder.toString(),
                    List.of(
                            new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY),
                            new ColumnFamilyDescriptor(SET.getBytes(StandardCharsets.UTF_8))),
                    handles);
            return new PackageStore(options, rocks, handles);
        } catch (RocksDBException e) {
            options.close();
            throw new IOException("cannot open RocksDB in " + folder + ": " + e.getMessage(), e);
        }
    }

    private ColumnFamilyHandle packages() {
        return handles.get(1);
    }

    /** What is handed to the backup manager. */
    Database database() {
        return database;
    }

    /** Loads records in batches. */
    void load(PackageRecords records, EntryVisitor count) throws IOException {
        try (WriteBatch batch = new WriteBatch()) {
            records.forEach((key, value) -> {
                call(() -> batch.put(packages(), key, value));
                if (batch.count() == BATCH) {
                    write(batch);
                }
                count.visit(key, value);
            });
            write(batch);
        }
    }

    private void write(WriteBatch batch) throws IOException {
        try (WriteOptions writing = new WriteOptions()) {
            call(() -> rocks.write(writing, batch));
        }
        batch.clear();
    }

    byte[] get(byte[] key) throws IOException {
        byte[][] value = new byte[1][];
        call(() -> value[0] = rocks.get(packages(), key));
        return value[0] == null ? new byte[0] : value[0];
    }

    void put(byte[] key, byte[] value) throws IOException {
        call(() -> rocks.put(packages(), key, value));
    }

    void delete(byte[] key) throws IOException {
        call(() -> rocks.delete(packages(), key));
    }

    /** How many records there are, by counting them. */
    long count() throws IOException {
        long count = 0;
        try (RocksIterator each = rocks.newIterator(packages())) {
            for (each.seekToFirst(); each.isValid(); each.next()) {
                count++;
            }
            call(each::status);
        }
        return count;
    }

    @FunctionalInterface
    private interface RocksCall {
        void run() throws RocksDBException;
    }

    private static void call(RocksCall call) throws IOException {
        try {
            call.run();
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

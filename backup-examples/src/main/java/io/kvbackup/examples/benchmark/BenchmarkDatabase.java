package io.kvbackup.examples.benchmark;

import io.kvbackup.database.Database;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.rocksdb.RocksDbDatabase;
import io.kvbackup.model.Encoding;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.PrimitiveIterator;
import java.util.stream.LongStream;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** A RocksDB with its settings as they come, all in the default column family. */
final class BenchmarkDatabase implements Closeable {
    static final String NAME = "orders";
    private static final int BATCH = 10_000;

    private final Options options;
    private final RocksDB rocks;

    private BenchmarkDatabase(Options options, RocksDB rocks) {
        this.options = options;
        this.rocks = rocks;
    }

    static BenchmarkDatabase open(Path folder) throws IOException {
        Files.createDirectories(folder);
        Options options = new Options().setCreateIfMissing(true);
        try {
            return new BenchmarkDatabase(options, RocksDB.open(options, folder.toString()));
        } catch (RocksDBException e) {
            options.close();
            throw failure("open " + folder, e);
        }
    }

    Database database() throws IOException {
        return RocksDbDatabase.builder(NAME, rocks)
                .encoding("default", Encoding.TEXT, Encoding.JSON)
                .build();
    }

    void fill(long entries, long seed) throws IOException {
        BenchmarkValues values = new BenchmarkValues(seed);
        try (WriteBatch batch = new WriteBatch();
                WriteOptions writing = new WriteOptions().setDisableWAL(true);
                FlushOptions flush = new FlushOptions().setWaitForFlush(true)) {
            for (long i = 0; i < entries; i++) {
                batch.put(BenchmarkValues.key(i), values.next());
                if (batch.count() == BATCH) {
                    rocks.write(writing, batch);
                    batch.clear();
                }
            }
            rocks.write(writing, batch);
            rocks.flush(flush);
            rocks.compactRange();
        } catch (RocksDBException e) {
            throw failure("fill the database", e);
        }
    }

    /** Gives the entries of these numbers new values, and shows each. */
    void put(LongStream numbers, BenchmarkValues values, EntryVisitor to) throws IOException {
        try (WriteBatch batch = new WriteBatch();
                WriteOptions writing = new WriteOptions().setDisableWAL(true)) {
            PrimitiveIterator.OfLong each = numbers.iterator();
            while (each.hasNext()) {
                byte[] key = BenchmarkValues.key(each.nextLong());
                byte[] value = values.next();
                to.visit(key, value);
                batch.put(key, value);
                if (batch.count() == BATCH) {
                    rocks.write(writing, batch);
                    batch.clear();
                }
            }
            rocks.write(writing, batch);
        } catch (RocksDBException e) {
            throw failure("change entries", e);
        }
    }

    /** Removes the entries from one number to before another. */
    void deleteRange(long from, long to) throws IOException {
        try (WriteOptions writing = new WriteOptions().setDisableWAL(true)) {
            rocks.deleteRange(
                    rocks.getDefaultColumnFamily(), writing, BenchmarkValues.key(from), BenchmarkValues.key(to));
        } catch (RocksDBException e) {
            throw failure("delete a range", e);
        }
    }

    /** The bare scan that everything is measured against. */
    void scan(EntryVisitor to) throws IOException {
        try (RocksIterator each = rocks.newIterator()) {
            for (each.seekToFirst(); each.isValid(); each.next()) {
                to.visit(each.key(), each.value());
            }
            each.status();
        } catch (RocksDBException e) {
            throw failure("scan", e);
        }
    }

    private static IOException failure(String operation, RocksDBException cause) {
        return new IOException("RocksDB cannot " + operation + ": " + cause.getMessage(), cause);
    }

    @Override
    public void close() {
        rocks.close();
        options.close();
    }
}

package io.kvbackup.database.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.database.contract.DatabaseContents;
import io.kvbackup.database.contract.Write;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.EnvOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.IngestExternalFileOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.SstFileWriter;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** An open RocksDB with the families {@code default}, {@code first} and {@code second}. */
final class TestRocksDb implements AutoCloseable {
    private final Path path;
    private final DBOptions options;
    private final ColumnFamilyOptions familyOptions;
    private final Map<String, ColumnFamilyHandle> handles = new LinkedHashMap<>();
    private final RocksDB db;

    TestRocksDb(Path path) throws RocksDBException {
        this(path, new ColumnFamilyOptions());
    }

    /** Closes {@code familyOptions} at the end. */
    TestRocksDb(Path path, ColumnFamilyOptions familyOptions) throws RocksDBException {
        this(path, new DBOptions().setWalTtlSeconds(3600), familyOptions);
    }

    /** Closes both options at the end. */
    TestRocksDb(Path path, DBOptions options, ColumnFamilyOptions familyOptions) throws RocksDBException {
        this.path = path;
        this.options = options.setCreateIfMissing(true).setCreateMissingColumnFamilies(true);
        this.familyOptions = familyOptions;
        List<ColumnFamilyDescriptor> families = new ArrayList<>();
        for (String family : List.of("default", "first", "second")) {
            families.add(new ColumnFamilyDescriptor(family.getBytes(UTF_8), familyOptions));
        }
        List<ColumnFamilyHandle> opened = new ArrayList<>();
        db = RocksDB.open(options, path.toString(), families, opened);
        for (int i = 0; i < opened.size(); i++) {
            handles.put(new String(families.get(i).getName(), UTF_8), opened.get(i));
        }
    }

    RocksDB db() {
        return db;
    }

    ColumnFamilyHandle handle(String family) {
        return handles.get(family);
    }

    /** Both families as a database named orders. */
    RocksDbDatabase.Builder builder() {
        return builder("orders");
    }

    RocksDbDatabase.Builder builder(String name) {
        return RocksDbDatabase.builder(name, db, handle("first"), handle("second"));
    }

    void write(List<Write> together) throws RocksDBException {
        try (WriteBatch batch = new WriteBatch();
                WriteOptions writeOptions = new WriteOptions()) {
            for (Write write : together) {
                if (write.value() == null) {
                    batch.delete(handle(write.set()), write.key());
                } else {
                    batch.put(handle(write.set()), write.key(), write.value());
                }
            }
            db.write(writeOptions, batch);
        }
    }

    void flush(String family) throws RocksDBException {
        try (FlushOptions flush = new FlushOptions()) {
            db.flush(flush, handle(family));
        }
    }

    /** Brings an entry past the log, by a file made in a folder. */
    void ingest(String family, Path folder, String key, String value) throws RocksDBException {
        String file = folder.resolve("ingested-" + System.nanoTime() + ".sst").toString();
        try (EnvOptions env = new EnvOptions();
                Options like = new Options();
                SstFileWriter writer = new SstFileWriter(env, like);
                IngestExternalFileOptions ingestion = new IngestExternalFileOptions()) {
            writer.open(file);
            writer.put(key.getBytes(UTF_8), value.getBytes(UTF_8));
            writer.finish();
            db.ingestExternalFile(handle(family), List.of(file), ingestion.setMoveFiles(true));
        }
    }

    NavigableMap<byte[], byte[]> read(String family) throws RocksDBException {
        NavigableMap<byte[], byte[]> entries = DatabaseContents.empty();
        try (RocksIterator position = db.newIterator(handle(family))) {
            for (position.seekToFirst(); position.isValid(); position.next()) {
                entries.put(position.key(), position.value());
            }
            position.status();
        }
        return entries;
    }

    void assertNothingStaged() throws IOException {
        try (var siblings = Files.list(path.toAbsolutePath().getParent())) {
            List<Path> staged = siblings.filter(
                            sibling -> sibling.getFileName().toString().contains("kvbackup"))
                    .toList();
            if (!staged.isEmpty()) {
                throw new AssertionError("left behind: " + staged);
            }
        }
    }

    @Override
    public void close() {
        handles.values().forEach(ColumnFamilyHandle::close);
        db.close();
        familyOptions.close();
        options.close();
    }
}

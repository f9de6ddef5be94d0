package io.kvbackup.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** A RocksDB with all of its column families. */
record RocksDbHandles(RocksDB db, List<ColumnFamilyHandle> handles) implements AutoCloseable {
    static RocksDbHandles open(Path path, String... more) throws RocksDBException {
        List<ColumnFamilyDescriptor> families = new ArrayList<>();
        try (Options options = new Options()) {
            RocksDB.listColumnFamilies(options, path.toString())
                    .forEach(name -> families.add(new ColumnFamilyDescriptor(name)));
        }
        if (families.isEmpty()) {
            families.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY));
        }
        for (String name : more) {
            families.add(new ColumnFamilyDescriptor(name.getBytes(UTF_8)));
        }
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try (DBOptions options =
                new DBOptions().setCreateIfMissing(more.length > 0).setCreateMissingColumnFamilies(true)) {
            return new RocksDbHandles(RocksDB.open(options, path.toString(), families, handles), handles);
        }
    }

    ColumnFamilyHandle family(String name) throws RocksDBException {
        for (ColumnFamilyHandle handle : handles) {
            if (new String(handle.getName(), UTF_8).equals(name)) {
                return handle;
            }
        }
        throw new AssertionError("no column family " + name);
    }

    RocksIterator iterator(String family) throws RocksDBException {
        return db.newIterator(family(family));
    }

    void put(String family, String key, String value) throws RocksDBException {
        db.put(family(family), key.getBytes(UTF_8), value.getBytes(UTF_8));
    }

    @Override
    public void close() {
        handles.forEach(ColumnFamilyHandle::close);
        db.close();
    }
}

package io.kvbackup.cli;

import io.kvbackup.database.rocksdb.RocksDbDatabase;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** A RocksDB with a column family for each set, with RocksDB's default options. */
final class RocksDbEngine implements Closeable {
    private final RocksDB db;
    private final List<ColumnFamilyHandle> handles;
    private final List<AutoCloseable> options;

    private RocksDbEngine(RocksDB db, List<ColumnFamilyHandle> handles, List<AutoCloseable> options) {
        this.db = db;
        this.handles = handles;
        this.options = options;
    }

    static Engine.Open open(DatabaseBackup header, Path path) throws IOException {
        Set<String> families = new LinkedHashSet<>(header.sets().keySet());
        families.add("default");
        RocksDbEngine engine = open(path, families, false);
        return new Engine.Open(engine.database(header.name(), header.sets().values()), engine);
    }

    @SuppressWarnings("MustBeClosed") // closed with the engine
    static RocksDbEngine open(Path path, Collection<String> families, boolean readOnly) throws IOException {
        ColumnFamilyOptions each = new ColumnFamilyOptions();
        DBOptions options = new DBOptions().setCreateIfMissing(!readOnly).setCreateMissingColumnFamilies(!readOnly);
        List<ColumnFamilyDescriptor> descriptors = families.stream()
                .map(name -> new ColumnFamilyDescriptor(name.getBytes(StandardCharsets.UTF_8), each))
                .toList();
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try {
            RocksDB db = readOnly
                    ? RocksDB.openReadOnly(options, path.toString(), descriptors, handles)
                    : RocksDB.open(options, path.toString(), descriptors, handles);
            return new RocksDbEngine(db, handles, List.of(options, each));
        } catch (RocksDBException e) {
            options.close();
            each.close();
            throw new IOException("cannot open RocksDB " + path + ": " + e.getMessage(), e);
        }
    }

    /** Column families as the sets of a database; sets without a description are of bytes. */
    RocksDbDatabase database(String name, Collection<SetBackup> sets) throws IOException {
        Set<String> wanted = new LinkedHashSet<>();
        sets.forEach(set -> wanted.add(set.name()));
        List<ColumnFamilyHandle> chosen = new ArrayList<>();
        for (ColumnFamilyHandle handle : handles) {
            if (wanted.contains(name(handle))) {
                chosen.add(handle);
            }
        }
        RocksDbDatabase.Builder builder = RocksDbDatabase.builder(name, db, chosen.toArray(new ColumnFamilyHandle[0]));
        sets.forEach(set -> builder.encoding(set.name(), set.keys(), set.values()));
        return builder.build();
    }

    private static String name(ColumnFamilyHandle handle) throws IOException {
        try {
            return new String(handle.getName(), StandardCharsets.UTF_8);
        } catch (RocksDBException e) {
            throw new IOException("cannot read the name of a column family: " + e.getMessage(), e);
        }
    }

    /** The names of the column families of a RocksDB that is not open. */
    static List<String> families(Path path) throws IOException {
        try (org.rocksdb.Options options = new org.rocksdb.Options()) {
            List<byte[]> names = RocksDB.listColumnFamilies(options, path.toString());
            return names.stream()
                    .map(name -> new String(name, StandardCharsets.UTF_8))
                    .toList();
        } catch (RocksDBException e) {
            throw new IOException("cannot read the column families of RocksDB " + path + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        handles.forEach(ColumnFamilyHandle::close);
        db.close();
        for (AutoCloseable each : options) {
            try {
                each.close();
            } catch (Exception e) {
                throw new IllegalStateException(
                        "options of RocksDB do not close: " + Arrays.toString(e.getStackTrace()), e);
            }
        }
    }
}

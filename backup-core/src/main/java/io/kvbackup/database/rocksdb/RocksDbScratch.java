package io.kvbackup.database.rocksdb;

import io.kvbackup.database.Database;
import io.kvbackup.database.ScratchFactory;
import io.kvbackup.model.DatabaseBackup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** Makes RocksDBs with the column families of another for drills, in a folder. Used by one thread. */
final class RocksDbScratch implements ScratchFactory {
    private final Set<String> families;
    private final Path folder;
    private final IdentityHashMap<Database, Deque<AutoCloseable>> open = new IdentityHashMap<>();

    RocksDbScratch(Set<String> families, Path folder) {
        this.families = families;
        this.folder = folder;
    }

    @Override
    public Database create(DatabaseBackup header) throws IOException {
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        try {
            Database scratch = create(header, opened);
            open.put(scratch, opened);
            return scratch;
        } catch (RocksDBException e) {
            close(opened);
            throw RocksDbErrors.translate("make a scratch database like " + header.name(), e);
        } catch (IOException | RuntimeException | Error e) {
            close(opened);
            throw e;
        }
    }

    /** @param closed gets what is to be closed, first what was made last */
    private Database create(DatabaseBackup header, Deque<AutoCloseable> closed) throws IOException, RocksDBException {
        DBOptions options = new DBOptions().setCreateIfMissing(true).setCreateMissingColumnFamilies(true);
        closed.push(options);
        Set<String> names = new LinkedHashSet<>(families);
        // RocksDB always has it, be it a set or not.
        names.add(new String(RocksDB.DEFAULT_COLUMN_FAMILY, StandardCharsets.UTF_8));
        List<ColumnFamilyDescriptor> descriptors = names.stream()
                .map(name -> new ColumnFamilyDescriptor(name.getBytes(StandardCharsets.UTF_8)))
                .toList();
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        RocksDB db =
                RocksDB.open(options, folder.resolve("scratch-" + open.size()).toString(), descriptors, handles);
        closed.push(db);
        handles.forEach(closed::push);
        // In the order of the names.
        ColumnFamilyHandle[] chosen = handles.subList(0, families.size()).toArray(ColumnFamilyHandle[]::new);
        return RocksDbDatabase.builder(header.name(), db, chosen).build();
    }

    @Override
    public void discard(Database scratch) throws IOException {
        Deque<AutoCloseable> closed = open.remove(scratch);
        if (closed != null) {
            close(closed);
        }
    }

    private static void close(Deque<AutoCloseable> opened) throws IOException {
        for (AutoCloseable each : opened) {
            try {
                each.close();
            } catch (Exception e) {
                throw new IOException("cannot close a scratch database: " + e.getMessage(), e);
            }
        }
    }
}

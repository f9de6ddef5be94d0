package io.kvbackup.database.rocksdb;

import io.kvbackup.database.ChangeVisitor;
import io.kvbackup.database.KeyRange;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Makes the changes of another process's log in a RocksDB, for {@code Replication.follow}. Each commit is one batch,
 * and the position of the log is a part of it, so a copy that was killed goes on where it was. For one thread; closed
 * by the host, after what follows and before RocksDB.
 */
public final class RocksDbFollower implements ChangeVisitor, Closeable {
    private static final byte[] POSITION = "kvbackup.position".getBytes(StandardCharsets.UTF_8);

    private final String name;
    private final RocksDB db;
    private final Map<String, Family> families;
    private final ColumnFamilyHandle positions;
    private final WriteBatch batch = new WriteBatch();
    /** The last key that the batch puts into each set. */
    private final Map<String, byte[]> last = new HashMap<>();

    RocksDbFollower(String name, RocksDB db, Map<String, Family> families, ColumnFamilyHandle positions) {
        this.name = name;
        this.db = db;
        this.families = families;
        this.positions = positions;
    }

    /** The position of the last commit that was made; -1 if none was. */
    public long position() throws IOException {
        RocksDbErrors.ensureOpen(db, "read the position of " + name);
        try {
            byte[] stored = db.get(positions, POSITION);
            return stored == null ? -1 : ByteBuffer.wrap(stored).getLong();
        } catch (RocksDBException e) {
            throw RocksDbErrors.translate("read the position of " + name, e);
        }
    }

    /** Sets the position after a restore, which brings the content and not the position. */
    public void position(long restored) throws IOException {
        write(restored);
    }

    private Family family(String set) throws IOException {
        Family family = families.get(set);
        if (family == null) {
            throw new IOException("no handle was given for column family " + set + ", only for " + families.keySet()
                    + "; create and add it, then follow again");
        }
        family.ensureOpen(db, "follow a log in database " + name);
        return family;
    }

    @Override
    public void put(String set, byte[] key, byte[] value) throws IOException {
        try {
            batch.put(family(set).handle(), key, value);
        } catch (RocksDBException e) {
            throw RocksDbErrors.translate("put an entry into " + set, e);
        }
        last.merge(set, key, (a, b) -> Arrays.compareUnsigned(a, b) < 0 ? b : a);
    }

    @Override
    public void delete(String set, byte[] key) throws IOException {
        try {
            batch.delete(family(set).handle(), key);
        } catch (RocksDBException e) {
            throw RocksDbErrors.translate("delete a key of " + set, e);
        }
    }

    @Override
    public void deleteRange(String set, KeyRange keys) throws IOException {
        byte[] end = keys.to();
        try {
            if (end == null) {
                end = afterAll(set);
            }
            if (end != null && Arrays.compareUnsigned(keys.from(), end) < 0) {
                batch.deleteRange(family(set).handle(), keys.from(), end);
            }
        } catch (RocksDBException e) {
            throw RocksDbErrors.translate("delete keys of " + set, e);
        }
    }

    /** A key after all that there are, in the family and in the batch; null if there are none. */
    private byte @Nullable [] afterAll(String set) throws IOException {
        byte[] greatest = last.get(set);
        try (ReadOptions options = new ReadOptions();
                RocksIterator each = db.newIterator(family(set).handle(), options)) {
            each.seekToLast();
            if (each.isValid() && (greatest == null || Arrays.compareUnsigned(greatest, each.key()) < 0)) {
                greatest = each.key();
            }
        }
        return greatest == null ? null : Arrays.copyOf(greatest, greatest.length + 1);
    }

    @Override
    public void commit(long position, Instant time) throws IOException {
        write(position);
    }

    private void write(long position) throws IOException {
        RocksDbErrors.ensureOpen(db, "follow a log in database " + name);
        try (WriteOptions options = new WriteOptions()) {
            batch.put(
                    positions,
                    POSITION,
                    ByteBuffer.allocate(Long.BYTES).putLong(position).array());
            db.write(options, batch);
        } catch (RocksDBException e) {
            throw RocksDbErrors.translate("make a commit of the log in database " + name, e);
        } finally {
            batch.clear();
            last.clear();
        }
    }

    @Override
    public void close() {
        batch.close();
    }
}

package io.kvbackup.database.rocksdb;

import io.kvbackup.database.ChangeVisitor;
import io.kvbackup.database.KeyRange;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/** A batch of the log, or several that were joined, as changes of the described families. */
final class RocksDbBatch {
    @FunctionalInterface
    interface Change {
        void push(ChangeVisitor to) throws IOException;
    }

    /** A key whose value only RocksDB can tell, because operands were merged into it. */
    record MergedKey(Family family, KeyRange key) {}

    private final long time;
    private final List<Change> changes = new ArrayList<>();
    private final Map<MergedKey, MergedKey> merged = new LinkedHashMap<>();
    private long position;
    private long bytes;

    RocksDbBatch(long position, long time) {
        this.position = position;
        this.time = time;
    }

    long position() {
        return position;
    }

    /** Of keys and values. */
    long bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return changes.isEmpty() && merged.isEmpty();
    }

    Iterable<MergedKey> merged() {
        return merged.keySet();
    }

    boolean hasMerged() {
        return !merged.isEmpty();
    }

    /** Takes what came next into the same transaction. */
    void join(RocksDbBatch next) {
        changes.addAll(next.changes);
        merged.putAll(next.merged);
        bytes += next.bytes;
        position = next.position;
    }

    void put(Family family, byte[] key, byte[] value) {
        add(key.length + value.length, to -> to.put(family.name(), key, value));
    }

    void delete(Family family, byte[] key) {
        add(key.length, to -> to.delete(family.name(), key));
    }

    private void deleteRange(Family family, byte[] from, byte[] end) {
        if (Arrays.compareUnsigned(from, end) < 0) {
            add(from.length + end.length, to -> to.deleteRange(family.name(), new KeyRange(from, end)));
        }
    }

    private void add(int size, Change change) {
        bytes += size;
        changes.add(change);
    }

    void push(ChangeVisitor to) throws IOException {
        for (Change change : changes) {
            change.push(to);
        }
        to.commit(position, Instant.ofEpochMilli(time));
    }

    /** A digest of all records of a batch and of the number of the first. */
    static byte[] proof(WriteBatch batch) throws RocksDBException {
        try {
            return MessageDigest.getInstance("SHA-256").digest(batch.data());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * Reads batches, one after the other. RocksDB calls it from within {@link WriteBatch#iterate}, with what belongs to
     * the thread that made it: used by another thread, it corrupts the process.
     */
    static final class Records extends WriteBatch.Handler {
        private final Map<Integer, Family> families;
        private RocksDbBatch into = new RocksDbBatch(0, 0);
        private @Nullable String unknown;

        /** @param families by RocksDB's number; records of others are passed over */
        Records(Map<Integer, Family> families) {
            this.families = families;
        }

        RocksDbBatch read(WriteBatch batch, long position, long time) throws RocksDBException {
            into = new RocksDbBatch(position, time);
            unknown = null;
            batch.iterate(this);
            return into;
        }

        /** What the last batch has that cannot be told by changes of keys; {@code null} if nothing. */
        @Nullable
        String unknown() {
            return unknown;
        }

        @Override
        public void put(int family, byte[] key, byte[] value) {
            Family known = families.get(family);
            if (known != null) {
                into.put(known, key, value);
            }
        }

        @Override
        public void put(byte[] key, byte[] value) {
            put(0, key, value);
        }

        @Override
        public void merge(int family, byte[] key, byte[] value) {
            Family known = families.get(family);
            if (known != null) {
                MergedKey merged = new MergedKey(known, KeyRange.only(key));
                into.merged.put(merged, merged);
            }
        }

        @Override
        public void merge(byte[] key, byte[] value) {
            merge(0, key, value);
        }

        @Override
        public void delete(int family, byte[] key) {
            Family known = families.get(family);
            if (known != null) {
                into.delete(known, key);
            }
        }

        @Override
        public void delete(byte[] key) {
            delete(0, key);
        }

        @Override
        public void singleDelete(int family, byte[] key) {
            delete(family, key);
        }

        @Override
        public void singleDelete(byte[] key) {
            delete(0, key);
        }

        @Override
        public void deleteRange(int family, byte[] from, byte[] to) {
            Family known = families.get(family);
            if (known != null) {
                into.deleteRange(known, from, to);
            }
        }

        @Override
        public void deleteRange(byte[] from, byte[] to) {
            deleteRange(0, from, to);
        }

        @Override
        public void logData(byte[] blob) {
            // The host's own notes change no entry.
        }

        @Override
        public void putBlobIndex(int family, byte[] key, byte[] value) {
            unknown = families.containsKey(family) ? "references to blobs" : unknown;
        }

        @Override
        public void markBeginPrepare() {
            unknown = "transactions in two phases";
        }

        @Override
        public void markEndPrepare(byte[] xid) {
            unknown = "transactions in two phases";
        }

        @Override
        public void markNoop(boolean empty) {
            // Stands before what a plain write of a transaction database holds.
        }

        @Override
        public void markRollback(byte[] xid) {
            unknown = "transactions in two phases";
        }

        @Override
        public void markCommit(byte[] xid) {
            unknown = "transactions in two phases";
        }

        @Override
        public void markCommitWithTimestamp(byte[] xid, byte[] timestamp) {
            unknown = "transactions with time stamps";
        }
    }
}

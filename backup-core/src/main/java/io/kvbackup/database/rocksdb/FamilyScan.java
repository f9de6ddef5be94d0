package io.kvbackup.database.rocksdb;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;

/** Walks over a column family without disturbing the host's block cache. */
final class FamilyScan {
    /** Larger requests bring nothing, smaller ones are slower on disks. */
    private static final long READ_AHEAD = 2L << 20;

    /**
     * Filling one array again and again and copying what is needed is a fifth faster than an array from native code.
     */
    private static final int BUFFER = 16 << 10;

    @FunctionalInterface
    private interface Step {
        void at(RocksIterator position, byte[] key) throws IOException;
    }

    private final RocksDB db;
    private final Family family;

    FamilyScan(RocksDB db, Family family) {
        this.db = db;
        this.family = family;
    }

    /** @param snapshot {@code null} for what lives now */
    void entries(@Nullable Snapshot snapshot, KeyRange range, EntryVisitor to) throws IOException {
        byte[] buffer = new byte[BUFFER];
        try (ReadOptions options = new ReadOptions()) {
            options.setSnapshot(snapshot);
            scan(options, range, (position, key) -> {
                int length = position.value(buffer);
                to.visit(key, length <= BUFFER ? Arrays.copyOf(buffer, length) : position.value());
            });
        }
    }

    private void scan(ReadOptions options, KeyRange range, Step step) throws IOException {
        String operation = "read column family " + family.name();
        family.ensureOpen(db, operation);
        options.setFillCache(false)
                .setReadaheadSize(READ_AHEAD)
                .setVerifyChecksums(true)
                .setTotalOrderSeek(true);
        byte[] to = range.to();
        if (to != null && to.length == 0) {
            return;
        }
        try (Slice end = to == null ? null : new Slice(to)) {
            if (end != null) {
                options.setIterateUpperBound(end);
            }
            try (RocksIterator position = db.newIterator(family.handle(), options)) {
                start(position, range.from());
                walk(position, step, operation);
                position.status();
            }
        } catch (RocksDBException e) {
            throw RocksDbErrors.translate(operation, e);
        }
    }

    /** A seek to the empty key is the start only in bytewise order, and whether that is so shows on the way. */
    private static void start(RocksIterator position, byte[] from) {
        if (from.length == 0) {
            position.seekToFirst();
        } else {
            position.seek(from);
        }
    }

    private void walk(RocksIterator position, Step step, String operation) throws IOException {
        byte[] buffer = new byte[BUFFER];
        byte @Nullable [] previous = null;
        while (position.isValid()) {
            int length = position.key(buffer);
            byte[] key = length <= BUFFER ? Arrays.copyOf(buffer, length) : position.key();
            if (previous != null && Arrays.compareUnsigned(previous, key) >= 0) {
                throw new IOException("cannot " + operation + ": its keys are not in bytewise order;"
                        + " only families with RocksDB's default comparator can be backed up");
            }
            step.at(position, key);
            previous = key;
            RocksDbErrors.ensureOpen(db, operation);
            position.next();
        }
    }
}

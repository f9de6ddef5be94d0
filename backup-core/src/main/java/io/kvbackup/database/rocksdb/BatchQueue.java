package io.kvbackup.database.rocksdb;

import io.kvbackup.database.ChangeGapException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.TransactionLogIterator;
import org.rocksdb.TransactionLogIterator.BatchResult;
import org.rocksdb.WriteBatch;

/**
 * Batches of RocksDB's log in order, without a hole. The iterator is kept, since a new one reads the live log file from
 * its start; when it had ended and is asked again, it goes on where it was.
 */
final class BatchQueue {
    /** So often may RocksDB say that there is more and its log show nothing. */
    private static final int PATIENCE = 3;

    private final RocksDbChangeLog log;
    private final RocksDB db;
    private @Nullable TransactionLogIterator batches;
    private @Nullable WriteBatch last;
    private boolean atEnd;
    private long read;
    private int misses;

    BatchQueue(RocksDbChangeLog log, long after) {
        this.log = log;
        this.db = log.db();
        this.read = after;
    }

    /** Whether the log had nothing more when it was last asked. */
    boolean isAtEnd() {
        return atEnd;
    }

    /**
     * {@code null} if there is none now.
     *
     * @param records made by this thread
     */
    @Nullable
    RocksDbBatch next(RocksDbBatch.Records records) throws IOException, RocksDBException {
        atEnd = false;
        for (int tries = 0; tries < 2 && read < db.getLatestSequenceNumber(); tries++) {
            if (advance()) {
                misses = 0;
                return take(records);
            }
            // With manual_wal_flush the log shows nothing before.
            db.flushWal(false);
        }
        atEnd = true;
        if (read >= db.getLatestSequenceNumber()) {
            misses = 0;
        } else if (++misses >= PATIENCE) {
            throw missing("its log ends before");
        }
        return null;
    }

    /** Whether the iterator stands at a new batch. */
    private boolean advance() throws ChangeGapException, RocksDBException {
        try {
            if (batches != null) {
                batches.next();
                if (batches.isValid()) {
                    return true;
                }
                batches.status();
                return false;
            }
            batches = db.getUpdatesSince(read + 1);
            if (batches.isValid()) {
                return true;
            }
            batches.status();
            closeIterator();
            return false;
        } catch (RocksDBException e) {
            closeIterator();
            Status status = e.getStatus();
            Status.Code code = status == null ? Status.Code.Undefined : status.getCode();
            if (code == Status.Code.NotFound && String.valueOf(e.getMessage()).contains("Gap")) {
                throw missing(e.getMessage());
            }
            if (code == Status.Code.TryAgain || code == Status.Code.NotFound) {
                return false;
            }
            throw e;
        }
    }

    private RocksDbBatch take(RocksDbBatch.Records records) throws IOException, RocksDBException {
        if (batches == null) {
            throw new IllegalStateException("no batch");
        }
        BatchResult result = batches.getBatch();
        WriteBatch batch = result.writeBatch();
        forgetLast();
        last = batch;
        if (result.sequenceNumber() != read + 1) {
            throw missing("the next batch begins with " + result.sequenceNumber());
        }
        long position = read + batch.count();
        RocksDbBatch changes;
        try {
            changes = records.read(batch, position, log.now());
        } catch (RocksDBException e) {
            throw new ChangeGapException(
                    "database " + log.database() + ", number " + read + " of RocksDB's log: it holds records that"
                            + " cannot be replicated: " + e.getMessage(),
                    e);
        }
        if (records.unknown() != null) {
            throw new ChangeGapException("database " + log.database() + ", number " + (read + 1) + " of RocksDB's log: "
                    + records.unknown() + " cannot be replicated; open RocksDB without them");
        }
        read = position;
        return changes;
    }

    /** Keeps a digest of the last batch at hand. */
    void proveLast() throws RocksDBException {
        if (last != null) {
            log.remember(read, RocksDbBatch.proof(last));
            forgetLast();
        }
    }

    private void forgetLast() {
        if (last != null) {
            last.close();
            last = null;
        }
    }

    private ChangeGapException missing(@Nullable String what) {
        return new ChangeGapException("database " + log.database() + ": RocksDB's log lacks the batch after number "
                + read + ": " + what + "; it was thrown away (set WAL_ttl_seconds higher), or something was written"
                + " without the log (disableWAL); start again from a whole backup");
    }

    private void closeIterator() {
        // A closed RocksDB has taken with it what the iterator needs to be closed.
        if (batches != null && db.isOwningHandle()) {
            batches.close();
        }
        batches = null;
    }

    void close() {
        forgetLast();
        closeIterator();
    }
}

package io.kvbackup.database.rocksdb;

import io.kvbackup.database.ChangeGapException;
import io.kvbackup.database.ChangeReader;
import io.kvbackup.database.ChangeVisitor;
import io.kvbackup.database.rocksdb.RocksDbBatch.MergedKey;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;

/**
 * Reads the log up to a moment, looks whether anything happened past the log until then, and only then pushes what it
 * has read. Batches between a merge operand and the moment are joined into one, since RocksDB tells merged values of
 * snapshots only.
 */
final class RocksDbChangeReader implements ChangeReader {
    private final RocksDbChangeLog log;
    private final BatchQueue queue;
    private final long era;
    private final Deque<RocksDbBatch> pending = new ArrayDeque<>();
    private long pushed;
    private @Nullable ChangeGapException gap;
    private boolean closed;

    RocksDbChangeReader(RocksDbChangeLog log, long after) {
        this.log = log;
        this.pushed = after;
        this.era = log.blindSpots().era();
        this.queue = new BatchQueue(log, after);
    }

    /** Fails if what is after the position is not in the log any more. */
    synchronized void requireFirst() throws IOException {
        long latest = log.db().getLatestSequenceNumber();
        if (pushed > latest) {
            throw new ChangeGapException("database " + log.database() + ": RocksDB's latest number is " + latest
                    + ", so nothing can be read after " + pushed + "; start again from a whole backup");
        }
        collect(1);
        if (gap != null) {
            throw gap;
        }
    }

    @Override
    public synchronized boolean read(ChangeVisitor to, long maxBytes) throws IOException {
        if (closed) {
            throw new IOException("the reader of the log of database " + log.database() + " is closed");
        }
        log.ensureOpen("read its log");
        if (pending.isEmpty() && gap == null) {
            collect(maxBytes);
            refuseUnrecorded();
        }
        if (pending.isEmpty() && gap != null) {
            throw gap;
        }
        push(to);
        return gap != null || (pushed < log.db().getLatestSequenceNumber() && !queue.isAtEnd());
    }

    private void collect(long maxBytes) throws IOException {
        try (RocksDbBatch.Records records = new RocksDbBatch.Records(log.familiesById())) {
            long bytes = 0;
            do {
                RocksDbBatch next = queue.next(records);
                if (next == null) {
                    break;
                }
                if (next.hasMerged()) {
                    joinMerged(next, records);
                }
                pending.add(next);
                bytes += next.bytes() + 1;
            } while (bytes < maxBytes);
            queue.proveLast();
        } catch (ChangeGapException e) {
            gap = e;
        } catch (RocksDBException e) {
            throw RocksDbErrors.translate("read the log of database " + log.database(), e);
        }
    }

    /** What was read may have come after something that left no record. */
    private void refuseUnrecorded() throws IOException {
        try {
            log.blindSpots().look();
            log.blindSpots().requireEra(era);
        } catch (ChangeGapException e) {
            pending.clear();
            gap = e;
        }
    }

    private void joinMerged(RocksDbBatch first, RocksDbBatch.Records records) throws IOException, RocksDBException {
        RocksDB db = log.db();
        Snapshot now = db.getSnapshot();
        if (now == null) {
            throw new ChangeGapException("database " + log.database() + ": RocksDB has no snapshots, so merged values"
                    + " cannot be read; open it without inplace_update_support");
        }
        try (ReadOptions options = new ReadOptions().setSnapshot(now).setFillCache(false)) {
            while (first.position() < now.getSequenceNumber()) {
                RocksDbBatch next = queue.next(records);
                if (next == null) {
                    throw new ChangeGapException("database " + log.database() + ": RocksDB's log ends at number "
                            + first.position() + ", before " + now.getSequenceNumber()
                            + "; was something written without it (disableWAL)?");
                }
                first.join(next);
            }
            for (MergedKey merged : first.merged()) {
                byte[] key = merged.key().from();
                byte[] value = db.get(merged.family().handle(), options, key);
                if (value == null) {
                    first.delete(merged.family(), key);
                } else {
                    first.put(merged.family(), key, value);
                }
            }
        } finally {
            db.releaseSnapshot(now);
            now.close();
        }
    }

    private void push(ChangeVisitor to) throws IOException {
        long time = log.now();
        while (!pending.isEmpty()) {
            RocksDbBatch batch = pending.element();
            if (!batch.isEmpty()) {
                batch.push(to);
                pushed = batch.position();
            } else if (pending.size() == 1) {
                // Of what others did in the same RocksDB, only the position is told.
                to.commit(batch.position(), Instant.ofEpochMilli(time));
                pushed = batch.position();
            }
            pending.remove();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        pending.clear();
        queue.close();
    }
}

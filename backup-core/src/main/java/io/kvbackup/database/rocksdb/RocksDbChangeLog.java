package io.kvbackup.database.rocksdb;

import io.kvbackup.database.ChangeGapException;
import io.kvbackup.database.ChangeLog;
import io.kvbackup.database.ChangeReader;
import java.io.IOException;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.TransactionLogIterator;
import org.rocksdb.TransactionLogIterator.BatchResult;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * RocksDB's write-ahead log. A position is the sequence number of the last record of a batch; all column families
 * share the numbers. Its history begins with this object, since nothing tells what happened past the log before.
 */
final class RocksDbChangeLog implements ChangeLog {
    private static final Logger LOG = LoggerFactory.getLogger(RocksDbChangeLog.class);
    private static final int PROOFS = 256;

    private final String database;
    private final RocksDB db;
    private final Map<String, Family> families;
    private final Map<Integer, Family> familiesById = new HashMap<>();
    private final String history;
    private final Clock clock;
    private final BlindSpots blindSpots;
    private final Map<Long, byte[]> proofs = new LinkedHashMap<>();
    private long lastTime;

    RocksDbChangeLog(String database, RocksDB db, Map<String, Family> families, String identity, Clock clock) {
        this.database = database;
        this.db = db;
        this.families = families;
        this.history = identity + "-" + UUID.randomUUID();
        this.clock = clock;
        families.values().forEach(family -> familiesById.put(family.handle().getID(), family));
        this.blindSpots = new BlindSpots(database, db, families);
    }

    @Override
    public String history() {
        return history;
    }

    /** Whether RocksDB is open with options under which its log can be read; from now on nothing is missed. */
    boolean isReadable() {
        try {
            blindSpots.look();
            return true;
        } catch (IOException e) {
            LOG.debug("The log of database {} cannot be read: {}", database, e.toString());
            return false;
        }
    }

    @Override
    public long position() throws IOException {
        ensureOpen("read the position of its log");
        blindSpots.look();
        return db.getLatestSequenceNumber();
    }

    @Override
    public ChangeReader open(long after) throws IOException {
        ensureOpen("open its log");
        blindSpots.look();
        blindSpots.requireNotBefore(after);
        RocksDbChangeReader reader = new RocksDbChangeReader(this, after);
        try {
            reader.requireFirst();
            return reader;
        } catch (IOException | RuntimeException | Error e) {
            reader.close();
            throw e;
        }
    }

    /** {@inheritDoc} It is at hand for the last commit of a call of a reader; others are looked for in the log. */
    @Override
    public byte[] proof(long position) throws IOException {
        ensureOpen("prove a commit of its log");
        blindSpots.look();
        blindSpots.requireNotBefore(position - 1);
        blindSpots.requireUnbroken(position);
        synchronized (proofs) {
            byte[] known = proofs.get(position);
            if (known != null) {
                return known.clone();
            }
        }
        return find(position);
    }

    private byte[] find(long position) throws IOException {
        if (position > 0 && position <= db.getLatestSequenceNumber()) {
            try (TransactionLogIterator batches = db.getUpdatesSince(position)) {
                if (batches.isValid()) {
                    BatchResult found = batches.getBatch();
                    try (WriteBatch batch = found.writeBatch()) {
                        if (found.sequenceNumber() + batch.count() - 1 == position) {
                            return RocksDbBatch.proof(batch);
                        }
                    }
                }
            } catch (RocksDBException e) {
                throw new ChangeGapException(lacks(position) + ": " + e.getMessage(), e);
            }
        }
        throw new ChangeGapException(lacks(position));
    }

    private String lacks(long position) {
        return "database " + database + ": RocksDB's log holds no batch that ends at number " + position
                + "; start again from a whole backup, and let RocksDB keep its log longer (WAL_ttl_seconds)";
    }

    void remember(long position, byte[] proof) {
        synchronized (proofs) {
            proofs.put(position, proof);
            if (proofs.size() > PROOFS) {
                proofs.remove(proofs.keySet().iterator().next());
            }
        }
    }

    /** Never earlier than before. */
    synchronized long now() {
        lastTime = Math.max(lastTime, clock.millis());
        return lastTime;
    }

    void ensureOpen(String operation) throws IOException {
        for (Family family : families.values()) {
            family.ensureOpen(db, operation + " (database " + database + ")");
        }
    }

    Map<Integer, Family> familiesById() {
        return familiesById;
    }

    String database() {
        return database;
    }

    RocksDB db() {
        return db;
    }

    BlindSpots blindSpots() {
        return blindSpots;
    }
}

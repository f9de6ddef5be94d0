package io.kvbackup.database.rocksdb;

import io.kvbackup.database.ChangeLog;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.model.DatabaseBackup;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;

final class RocksDbSnapshot implements DatabaseSnapshot {
    private final RocksDB db;
    private final DatabaseBackup header;
    private final Map<String, Family> families;
    private final Optional<ChangeLog.Span> span;
    private @Nullable Snapshot snapshot;

    /** @param standsInLog whether RocksDB's log can be read */
    RocksDbSnapshot(RocksDB db, DatabaseBackup header, Map<String, Family> families, boolean standsInLog)
            throws IOException {
        this.db = db;
        this.header = header;
        this.families = families;
        this.snapshot = db.getSnapshot();
        if (snapshot == null) {
            throw new IOException("database " + header.name()
                    + ": this RocksDB has no snapshots, since its option inplace_update_support is on; open"
                    + " it without");
        }
        this.span = standsInLog ? Optional.of(ChangeLog.Span.exact(snapshot.getSequenceNumber())) : Optional.empty();
    }

    @Override
    public DatabaseBackup header() {
        return header;
    }

    @Override
    public void readEntries(String set, KeyRange range, EntryVisitor to) throws IOException {
        if (snapshot == null) {
            throw new IOException("the snapshot of database " + header.name() + " is closed");
        }
        Family family = families.get(set);
        if (family == null) {
            throw new IllegalArgumentException(
                    "database " + header.name() + " has no set " + set + ", only " + families.keySet());
        }
        new FamilyScan(db, family).entries(snapshot, range, to);
    }

    /** {@inheritDoc} Between two batches. */
    @Override
    public Optional<ChangeLog.Span> changes() {
        return span;
    }

    @Override
    public OptionalLong estimatedEntries() {
        long sum = 0;
        try {
            for (Family family : families.values()) {
                family.ensureOpen(db, "estimate the number of entries");
                sum += Math.max(0, db.getLongProperty(family.handle(), "rocksdb.estimate-num-keys"));
            }
            return OptionalLong.of(sum);
        } catch (IOException | RocksDBException e) {
            return OptionalLong.empty();
        }
    }

    @Override
    public void close() {
        Snapshot held = snapshot;
        snapshot = null;
        if (held != null) {
            if (db.isOwningHandle() && !db.isClosed()) {
                db.releaseSnapshot(held);
            }
            held.close();
        }
    }
}

package io.kvbackup.database.rocksdb;

import java.io.IOException;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

final class RocksDbErrors {
    private RocksDbErrors() {}

    static IOException translate(String operation, RocksDBException e) {
        return new IOException("cannot " + operation + ": RocksDB says: " + e.getMessage(), e);
    }

    /** Calls on a closed database end the process, so each is asked for first. */
    static void ensureOpen(RocksDB db, String operation) throws IOException {
        if (!db.isOwningHandle() || db.isClosed()) {
            throw new IOException("cannot " + operation
                    + ": the RocksDB is closed; open it again and build the database description anew");
        }
    }
}

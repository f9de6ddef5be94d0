package io.kvbackup.database.rocksdb;

import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * A column family as a set. Compared by identity: comparing handles is a native call, which a closed one does not
 * survive.
 */
final class Family {
    private final ColumnFamilyHandle handle;
    private final boolean owning;
    private final SetBackup header;

    /** @param owning whether the handle is one that its owner closes; the database's own default handle never is */
    private Family(ColumnFamilyHandle handle, boolean owning, SetBackup header) {
        this.handle = handle;
        this.owning = owning;
        this.header = header;
    }

    static Family of(RocksDB db, ColumnFamilyHandle handle) throws IOException {
        boolean owning = handle.isOwningHandle();
        if (!owning && handle.getNativeHandle() != db.getDefaultColumnFamily().getNativeHandle()) {
            throw new IOException("the handle of a column family is closed; build the database description with"
                    + " open ones, and keep them open");
        }
        try {
            String name = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(handle.getName()))
                    .toString();
            return new Family(handle, owning, new SetBackup(name, Encoding.BINARY, Encoding.BINARY));
        } catch (RocksDBException e) {
            throw RocksDbErrors.translate("read the name of a column family", e);
        } catch (CharacterCodingException e) {
            throw new IOException("the name of a column family is not UTF-8 text; leave it out of the backup", e);
        }
    }

    ColumnFamilyHandle handle() {
        return handle;
    }

    SetBackup header() {
        return header;
    }

    String name() {
        return header.name();
    }

    Family encoded(Encoding keys, Encoding values) {
        return new Family(handle, owning, new SetBackup(name(), keys, values));
    }

    void ensureOpen(RocksDB db, String operation) throws IOException {
        RocksDbErrors.ensureOpen(db, operation);
        if (owning && !handle.isOwningHandle()) {
            throw new IOException(
                    "cannot " + operation + ": the handle of column family " + name() + " is closed; keep it open");
        }
    }
}

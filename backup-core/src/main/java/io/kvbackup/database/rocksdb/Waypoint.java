package io.kvbackup.database.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.Arrays;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * Where a RocksDB stood between two swaps, when nothing of the families still to be swapped in was in memory only; tells
 * later whether anybody has written to them.
 *
 * @param sequence RocksDB's latest sequence number
 * @param slack how many numbers the next swap may take: one for each file
 * @param newestFile the highest number of a file
 */
record Waypoint(long sequence, long slack, long newestFile) {
    static Waypoint of(RocksDB db, long slack) {
        long newest = 0;
        for (LiveFileMetaData file : db.getLiveFilesMetaData()) {
            newest = Math.max(newest, number(file));
        }
        return new Waypoint(db.getLatestSequenceNumber(), slack, newest);
    }

    /**
     * Whether a family may hold entries that were written after this point. The sequence number alone does not tell, because
     * other families of the same RocksDB may go on being written.
     */
    boolean isLeftBehindBy(RocksDB db, Family family) throws IOException {
        // A power failure may take back what other families had not synced, so the number may also be lower.
        if (db.getLatestSequenceNumber() <= sequence + slack) {
            return false;
        }
        if (inMemory(db, family.handle()) > 0) {
            return true;
        }
        byte[] name = family.name().getBytes(UTF_8);
        return db.getLiveFilesMetaData().stream()
                .filter(file -> Arrays.equals(file.columnFamilyName(), name))
                .anyMatch(this::mayHoldLaterEntries);
    }

    /** RocksDB writes the number 0 to what has sunk to the last level, so a new file of that number may hold anything. */
    private boolean mayHoldLaterEntries(LiveFileMetaData file) {
        return file.largestSeqno() > sequence + slack || (file.largestSeqno() == 0 && number(file) > newestFile);
    }

    private static long inMemory(RocksDB db, ColumnFamilyHandle family) throws IOException {
        try {
            return db.getLongProperty(family, "rocksdb.num-entries-active-mem-table")
                    + db.getLongProperty(family, "rocksdb.num-entries-imm-mem-tables");
        } catch (RocksDBException e) {
            throw RocksDbErrors.translate("look for writes since a restore was cut short", e);
        }
    }

    private static long number(LiveFileMetaData file) {
        String digits = file.fileName().replaceAll("\\D", "");
        return digits.isEmpty() ? 0 : Long.parseLong(digits);
    }
}

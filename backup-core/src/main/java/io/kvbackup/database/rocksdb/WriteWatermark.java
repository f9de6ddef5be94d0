package io.kvbackup.database.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * Where a RocksDB stood between two swaps, when nothing of the families still to be swapped in was in memory only;
 * tells later whether anybody has written to them.
 *
 * <p>Of sequence numbers only those count that are in files: RocksDB never gives one of them again, while it forgets
 * others in a crash, if they were written without its log or not synced.
 *
 * @param sequence the highest sequence number in a file; whatever is written later has a higher one
 * @param newestFile the highest number of a file
 */
record WriteWatermark(long sequence, long newestFile) {
    static WriteWatermark of(RocksDB db) {
        long highest = 0;
        long newest = 0;
        for (LiveFileMetaData file : db.getLiveFilesMetaData()) {
            highest = Math.max(highest, file.largestSeqno());
            newest = Math.max(newest, number(file));
        }
        return new WriteWatermark(highest, newest);
    }

    /**
     * The same some swaps later; this one, if somebody has written to one of the families that are still to be swapped
     * in.
     */
    WriteWatermark next(RocksDB db, Collection<Family> pending) throws IOException {
        WriteWatermark next = of(db);
        for (Family family : pending) {
            if (isLeftBehindBy(db, family)) {
                return this;
            }
        }
        return next;
    }

    /**
     * Whether a family may hold entries that came after this point: no if it is certain that there are none. RocksDB's
     * latest number alone does not tell, because other families may go on being written.
     */
    boolean isLeftBehindBy(RocksDB db, Family family) throws IOException {
        if (inMemory(db, family.handle()) > 0) {
            return true;
        }
        if (db.getLatestSequenceNumber() <= sequence) {
            return false;
        }
        byte[] name = family.name().getBytes(UTF_8);
        return db.getLiveFilesMetaData().stream()
                .filter(file -> Arrays.equals(file.columnFamilyName(), name))
                .anyMatch(this::mayHoldLaterEntries);
    }

    /**
     * RocksDB writes the number 0 to what has sunk to the last level, so a new file of that number may hold anything.
     */
    private boolean mayHoldLaterEntries(LiveFileMetaData file) {
        return file.largestSeqno() > sequence || (file.largestSeqno() == 0 && number(file) > newestFile);
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

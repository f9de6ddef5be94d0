package io.kvbackup.repository.tree;

import io.kvbackup.database.KeyRange;
import io.kvbackup.model.CorruptBackupException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A run of entries with its stamp, as trees of runs hold it: the key is the first key of the run, the value one byte
 * that says whether the run has an end, and if so four bytes with the length of its end and the end, then the stamp.
 */
@SuppressWarnings("ArrayRecordComponent") // compared by sameAs
record StampedRun(KeyRange keys, byte[] stamp) {
    private static final byte OPEN = 0;
    private static final byte ENDS = 1;

    byte[] value() {
        byte[] end = keys.to();
        if (end == null) {
            return ByteBuffer.allocate(1 + stamp.length).put(OPEN).put(stamp).array();
        }
        return ByteBuffer.allocate(1 + Integer.BYTES + end.length + stamp.length)
                .put(ENDS)
                .putInt(end.length)
                .put(end)
                .put(stamp)
                .array();
    }

    static StampedRun of(byte[] key, byte[] value) throws CorruptBackupException {
        int from = 1;
        byte[] end = null;
        boolean good = value.length > 0 && (value[0] == OPEN || (value[0] == ENDS && value.length > Integer.BYTES));
        if (good && value[0] == ENDS) {
            int length = ByteBuffer.wrap(value, 1, Integer.BYTES).getInt();
            from += Integer.BYTES;
            good = length >= 0 && length <= value.length - from;
            end = good ? Arrays.copyOfRange(value, from, from + length) : null;
            from += length;
        }
        if (!good || (end != null && Arrays.compareUnsigned(key, end) > 0)) {
            throw new CorruptBackupException("a tree of runs of entries holds what is none");
        }
        return new StampedRun(new KeyRange(key, end), Arrays.copyOfRange(value, from, value.length));
    }

    /** Whether it shows the same entries. */
    boolean isSameAs(StampedRun other) {
        return stamp.length > 0 && Arrays.equals(stamp, other.stamp) && keys.equals(other.keys);
    }
}

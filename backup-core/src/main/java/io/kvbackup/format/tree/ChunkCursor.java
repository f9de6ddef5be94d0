package io.kvbackup.format.tree;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.model.CorruptBackupException;
import java.io.IOException;
import java.util.Arrays;

/**
 * Goes through the entries of a chunk, in the array in which it was decoded. Proves on the way that it is the chunk
 * that the reference means: the digest when it is opened, order and counts by the time that {@link #next} returns
 * false. Not thread-safe.
 */
public final class ChunkCursor {
    private final Ref ref;
    private final BytesIn in;
    private long passed;
    private int keyFrom;
    private int keyTo;
    private int valueFrom;
    private int valueTo;

    private ChunkCursor(Ref ref, BytesIn in) {
        this.ref = ref;
        this.in = in;
    }

    /**
     * Opens a chunk.
     *
     * @param ref a reference to a chunk
     * @param frame what its frame holds, decoded; not copied
     * @throws CorruptBackupException if its digest does not fit
     */
    public static ChunkCursor open(Ref ref, byte[] frame) throws CorruptBackupException {
        if (!ref.isChunk()) {
            throw new IllegalArgumentException(ref + " is read as a chunk");
        }
        Node.requireInside(ref, frame.length);
        Place place = ref.place();
        BytesIn in = new BytesIn(frame, place.offset(), place.length(), ref);
        if (!new Digester().digest(0, frame, place.offset(), place.length()).equals(ref.digest())) {
            throw in.damaged("the digest does not fit");
        }
        return new ChunkCursor(ref, in);
    }

    /** Pushes all entries of a chunk into a visitor. */
    public static void readAll(Ref ref, byte[] frame, EntryVisitor to) throws IOException {
        ChunkCursor cursor = open(ref, frame);
        while (cursor.next()) {
            to.visit(cursor.key(), cursor.value());
        }
    }

    /** Goes to the next entry, first to the first one; false if there is none. */
    public boolean next() throws CorruptBackupException {
        if (in.isAtEnd()) {
            requireAgreement();
            return false;
        }
        int length = in.count("length of a key", 0, in.left());
        int from = in.skip(length, "key");
        if (passed > 0 && Arrays.compareUnsigned(in.array(), keyFrom, keyTo, in.array(), from, from + length) >= 0) {
            throw in.damaged("keys do not ascend");
        }
        keyFrom = from;
        keyTo = from + length;
        int valueLength = in.count("length of a value", 0, in.left());
        valueFrom = in.skip(valueLength, "value");
        valueTo = valueFrom + valueLength;
        passed++;
        return true;
    }

    private void requireAgreement() throws CorruptBackupException {
        if (passed != ref.entries()
                || !Arrays.equals(in.array(), keyFrom, keyTo, ref.lastKey(), 0, ref.lastKey().length)) {
            throw in.damaged(
                    "holds " + passed + " entries; who refers to it says " + ref.entries() + ", or another last key");
        }
    }

    /** A copy. */
    public byte[] key() {
        return Arrays.copyOfRange(in.array(), keyFrom, keyTo);
    }

    /** A copy. */
    public byte[] value() {
        return Arrays.copyOfRange(in.array(), valueFrom, valueTo);
    }

    /** Compares the key with another without copying it: as {@link Arrays#compareUnsigned(byte[], byte[])} does. */
    public int compareKey(byte[] other) {
        return Arrays.compareUnsigned(in.array(), keyFrom, keyTo, other, 0, other.length);
    }
}

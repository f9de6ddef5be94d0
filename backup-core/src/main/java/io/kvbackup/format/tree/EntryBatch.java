package io.kvbackup.format.tree;

import java.util.Arrays;

/**
 * A run of entries, encoded one behind the other as {@link Chunk chunks} hold them, so that another thread reads
 * through one array instead of following references into the memory of the thread that made them. Not thread-safe.
 */
public final class EntryBatch {
    private byte[] bytes;
    private int size;

    /** @param capacity bytes for which there is room; more makes it grow */
    public EntryBatch(int capacity) {
        bytes = new byte[capacity];
    }

    /** Adds an entry. What it has together must fit into an array. */
    public void add(byte[] key, byte[] value) {
        int more = key.length + value.length + 2 * BytesOut.MAX_VARINT;
        if (more > bytes.length - size) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
        int at = putHead(key, value, bytes, size);
        System.arraycopy(value, 0, bytes, at, value.length);
        size = at + value.length;
    }

    /** Puts all of an entry but its value. */
    static int putHead(byte[] key, byte[] value, byte[] to, int from) {
        int at = BytesOut.putVarint(to, from, key.length);
        System.arraycopy(key, 0, to, at, key.length);
        return BytesOut.putVarint(to, at + key.length, value.length);
    }

    /** Bytes of all entries. */
    public int size() {
        return size;
    }

    /** The entries, in the first {@link #size()} bytes of an array that changes when more are added. */
    byte[] array() {
        return bytes;
    }

    /** Forgets all entries. */
    public void clear() {
        size = 0;
    }
}

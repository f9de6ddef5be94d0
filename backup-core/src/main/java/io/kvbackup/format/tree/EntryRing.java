package io.kvbackup.format.tree;

/**
 * Entries in order, first in and first out, each by where it ends and where its key lies. Takes no object for each. Not
 * thread-safe.
 */
final class EntryRing {
    private long[] ends = new long[64];
    private long[] keys = new long[64];
    private int[] keyLengths = new int[64];
    private int first;
    private int count;

    void add(long end, long key, int keyLength) {
        if (count == ends.length) {
            grow();
        }
        int at = (first + count) & (ends.length - 1);
        ends[at] = end;
        keys[at] = key;
        keyLengths[at] = keyLength;
        count++;
    }

    private void grow() {
        long[] roomyEnds = new long[2 * count];
        long[] roomyKeys = new long[2 * count];
        int[] roomyLengths = new int[2 * count];
        for (int i = 0; i < count; i++) {
            int at = (first + i) & (count - 1);
            roomyEnds[i] = ends[at];
            roomyKeys[i] = keys[at];
            roomyLengths[i] = keyLengths[at];
        }
        ends = roomyEnds;
        keys = roomyKeys;
        keyLengths = roomyLengths;
        first = 0;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Of the first entry, as the rest. */
    long end() {
        return ends[first];
    }

    long key() {
        return keys[first];
    }

    int keyLength() {
        return keyLengths[first];
    }

    void remove() {
        first = (first + 1) & (ends.length - 1);
        count--;
    }
}

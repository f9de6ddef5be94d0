package io.kvbackup.format.tree;

import java.util.Arrays;

/**
 * Tells which entry has the least hash of all that end within a number of bytes of it, of equal ones the first. Holds
 * the candidates only: each has a greater hash than those before it, or the same. An entry is named by the offset of
 * its end.
 */
final class HashWindow {
    private final long reach;
    private long[] ends = new long[64];
    private long[] hashes = new long[64];
    private int first;
    private int count;

    HashWindow(int reach) {
        this.reach = reach;
    }

    /**
     * Takes the next entry. All that it could outdo must have been asked for if they are farther away than the reach.
     */
    void add(long end, long hash) {
        while (count > 0 && hashes[at(count - 1)] > hash) {
            count--;
        }
        if (count == ends.length) {
            grow();
        }
        ends[at(count)] = end;
        hashes[at(count)] = hash;
        count++;
    }

    private int at(int index) {
        return (first + index) & (ends.length - 1);
    }

    private void grow() {
        ends = grown(ends);
        hashes = grown(hashes);
        first = 0;
    }

    private long[] grown(long[] ring) {
        long[] roomy = Arrays.copyOf(Arrays.copyOfRange(ring, first, ring.length), 2 * ring.length);
        System.arraycopy(ring, 0, roomy, ring.length - first, first);
        return roomy;
    }

    /** Asked once for each entry, in order, when all that end within the reach of it were added. */
    boolean isLeast(long end) {
        while (ends[first] < end - reach) {
            first = at(1);
            count--;
        }
        return ends[first] == end;
    }
}

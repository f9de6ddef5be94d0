package io.kvbackup.format.tree;

import org.apache.commons.codec.digest.MurmurHash3;

/** The hash of a key that decides where chunks and nodes end: the first 64 bits of MurmurHash3 x64 128. */
final class KeyHash {
    private static final int NODE_MASK = 31;

    private KeyHash() {}

    /** Of the boundaries of chunks; to be compared as a signed number, in the order of the hash as an unsigned one. */
    static long ofEntry(byte[] key) {
        return ofEntry(key, 0, key.length);
    }

    static long ofEntry(byte[] bytes, int from, int length) {
        return MurmurHash3.hash128x64(bytes, from, length, 0)[0] ^ Long.MIN_VALUE;
    }

    /** Whether a node of a level ends with the reference that has this last key. */
    static boolean endsNode(int level, byte[] lastKey) {
        return (MurmurHash3.hash128x64(lastKey, 0, lastKey.length, level)[0] & NODE_MASK) == 0;
    }
}

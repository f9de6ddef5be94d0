package io.kvbackup.format.tree;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Digests of chunks and nodes: the level goes before the bytes, so that no chunk has the digest of a node. Not
 * thread-safe.
 */
final class Digester {
    private final MessageDigest sha256;

    Digester() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** @param level 0 for a chunk, otherwise that of the node whose content part is given */
    Digest digest(int level, byte[] bytes, int offset, int length) {
        return digest(level, bytes, offset, length, bytes, 0, 0);
    }

    /** The same of bytes in two pieces. */
    Digest digest(int level, byte[] head, int headOffset, int headLength, byte[] tail, int offset, int length) {
        sha256.update((byte) level);
        sha256.update(head, headOffset, headLength);
        sha256.update(tail, offset, length);
        return Digest.of(sha256.digest(), 0);
    }
}

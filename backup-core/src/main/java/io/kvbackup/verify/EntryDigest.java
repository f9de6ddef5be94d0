package io.kvbackup.verify;

import io.kvbackup.database.EntryVisitor;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Counts and digests the entries of one set, in order. It digests lengths too, so that no byte can move between key and
 * value unseen.
 */
final class EntryDigest implements EntryVisitor {
    private final MessageDigest digest;
    private final byte[] lengths = new byte[8];
    private long entries;

    EntryDigest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The entries that have passed. */
    record Result(long entries, String sha256) {}

    @Override
    public void visit(byte[] key, byte[] value) {
        entries++;
        put(0, key.length);
        put(4, value.length);
        digest.update(lengths);
        digest.update(key);
        digest.update(value);
    }

    private void put(int at, int length) {
        for (int i = 0; i < 4; i++) {
            lengths[at + i] = (byte) (length >>> (8 * i));
        }
    }

    /** Ends the set. */
    Result result() {
        return new Result(entries, HexFormat.of().formatHex(digest.digest()));
    }
}

package io.kvbackup.pipeline;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Length and SHA-256 of a growing sequence of bytes. */
final class Measure {
    private final MessageDigest digest = newDigest();
    private long count;

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    void add(int b) {
        digest.update((byte) b);
        count++;
    }

    void add(byte[] bytes, int offset, int length) {
        digest.update(bytes, offset, length);
        count += length;
    }

    long count() {
        return count;
    }

    String sha256() {
        try {
            return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the platform's SHA-256 can be cloned", e);
        }
    }
}

package io.kvbackup.pipeline;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Key;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * The segments of an encrypted stream, in the format AES-GCM-HKDF that Tink publishes.
 *
 * <p>A header (its length, salt, nonce prefix) is followed by segments of {@value #BYTES} bytes, of which the first shares its
 * room with the header and the last may be shorter. Each is AES-256-GCM under a nonce of the prefix, its number and
 * whether it is the last: so none can be left out, repeated, moved, or come from another stream. Not thread-safe.
 */
final class Segments {
    static final int BYTES = 64 * 1024;
    static final int TAG_BYTES = 16;
    static final int SALT_BYTES = 32;
    static final int PREFIX_BYTES = 7;
    static final int HEADER_BYTES = 1 + SALT_BYTES + PREFIX_BYTES;

    /** Until the virtual machine has compiled the cipher it is much faster in small pieces. */
    private static final int PIECE = 8 * 1024;

    private static final int NONCE_BYTES = 12;
    private static final long MAX_SEGMENTS = 1L << 32;

    private final Cipher cipher;
    private final int mode;
    private final Key key;
    private final byte[] prefix;
    private long number;

    private Segments(int mode, Key key, byte[] prefix) {
        this.mode = mode;
        this.key = key;
        this.prefix = prefix.clone();
        try {
            this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES/GCM", e);
        }
    }

    static Segments encrypting(Key key, byte[] prefix) {
        return new Segments(Cipher.ENCRYPT_MODE, key, prefix);
    }

    static Segments decrypting(Key key, byte[] prefix) {
        return new Segments(Cipher.DECRYPT_MODE, key, prefix);
    }

    /** Bytes that the next segment has in the stream, unless it is the last. */
    int nextBytes() {
        return number == 0 ? BYTES - HEADER_BYTES : BYTES;
    }

    boolean isFirst() {
        return number == 0;
    }

    /**
     * Encrypts or decrypts the next segment.
     *
     * @return bytes in {@code to}
     * @throws GeneralSecurityException if it is not authentic
     */
    int next(byte[] from, int length, boolean last, byte[] to) throws GeneralSecurityException {
        if (number == MAX_SEGMENTS) {
            throw new GeneralSecurityException("more than 2^32 segments, that is 256 TiB");
        }
        byte[] nonce = ByteBuffer.allocate(NONCE_BYTES)
                .put(prefix)
                .putInt((int) number)
                .put((byte) (last ? 1 : 0))
                .array();
        cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * 8, nonce));
        number++;
        int done = 0;
        int made = 0;
        for (; length - done > PIECE; done += PIECE) {
            made += cipher.update(from, done, PIECE, to, made);
        }
        return made + cipher.doFinal(from, done, length - done, to, made);
    }
}

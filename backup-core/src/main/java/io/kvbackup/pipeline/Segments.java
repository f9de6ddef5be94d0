package io.kvbackup.pipeline;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;

/**
 * The segments of an encrypted stream, in the format AES-GCM-HKDF that Tink publishes.
 *
 * <p>A header (its length, salt, nonce prefix) is followed by segments of {@value #BYTES} bytes, of which the first
 * shares its room with the header and the last may be shorter. Each is AES-256-GCM under a nonce of the prefix, its
 * number and whether it is the last: so none can be left out, repeated, moved, or come from another stream. Not
 * thread-safe.
 *
 * <p>The platform's ciphers run some hundred times slower until the virtual machine has compiled them, which it does
 * after so many calls, not bytes. Hence small pieces, and hence no GCM decryption: that takes a segment in one call and
 * also copies it twice. Decryption is CTR, and the tag is what GCM makes of the result again.
 */
final class Segments {
    static final int BYTES = 64 * 1024;
    static final int TAG_BYTES = 16;
    static final int SALT_BYTES = 32;
    static final int PREFIX_BYTES = 7;
    static final int HEADER_BYTES = 1 + SALT_BYTES + PREFIX_BYTES;

    private static final int PIECE = 1024;
    private static final int NONCE_BYTES = 12;
    private static final int BLOCK_BYTES = 16;
    /** GCM keeps the first value of the counter for the tag (NIST SP 800-38D, 7.1). */
    private static final int FIRST_COUNTER = 2;

    private static final long MAX_SEGMENTS = 1L << 32;

    private final Cipher gcm = cipher("AES/GCM/NoPadding");
    private final Cipher ctr = cipher("AES/CTR/NoPadding");
    private final Key key;
    private final byte[] prefix;
    private byte[] again = {};
    private long number;

    /** @param prefix of nonces, from the header */
    Segments(Key key, byte[] prefix) {
        this.key = key;
        this.prefix = prefix.clone();
    }

    private static Cipher cipher(String transformation) {
        try {
            return Cipher.getInstance(transformation);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + transformation, e);
        }
    }

    /** Bytes that the next segment has in the stream, unless it is the last. */
    int nextBytes() {
        return number == 0 ? BYTES - HEADER_BYTES : BYTES;
    }

    boolean isFirst() {
        return number == 0;
    }

    /**
     * Encrypts the next segment.
     *
     * @return bytes in {@code to}: {@link #TAG_BYTES} more
     */
    int encrypt(byte[] plain, int length, boolean last, byte[] to) throws GeneralSecurityException {
        return encrypt(nonce(last), plain, length, to);
    }

    /**
     * Decrypts the next segment.
     *
     * @return bytes in {@code to}: {@link #TAG_BYTES} fewer
     * @throws GeneralSecurityException if it is not authentic; what is in {@code to} is then worth nothing
     */
    int decrypt(byte[] encrypted, int length, boolean last, byte[] to) throws GeneralSecurityException {
        byte[] nonce = nonce(last);
        byte[] counter = ByteBuffer.allocate(BLOCK_BYTES)
                .put(nonce)
                .putInt(FIRST_COUNTER)
                .array();
        ctr.init(Cipher.DECRYPT_MODE, key, new IvParameterSpec(counter));
        int plain = pass(ctr, encrypted, length - TAG_BYTES, to);
        if (again.length == 0) {
            again = new byte[BYTES];
        }
        encrypt(nonce, to, plain, again);
        byte[] expected = Arrays.copyOfRange(again, plain, plain + TAG_BYTES);
        if (!MessageDigest.isEqual(expected, Arrays.copyOfRange(encrypted, plain, length))) {
            throw new AEADBadTagException("the tag of segment " + (number - 1) + " does not fit");
        }
        return plain;
    }

    private byte[] nonce(boolean last) throws GeneralSecurityException {
        if (number == MAX_SEGMENTS) {
            throw new GeneralSecurityException("more than 2^32 segments, that is 256 TiB");
        }
        return ByteBuffer.allocate(NONCE_BYTES)
                .put(prefix)
                .putInt((int) number++)
                .put((byte) (last ? 1 : 0))
                .array();
    }

    private int encrypt(byte[] nonce, byte[] plain, int length, byte[] to) throws GeneralSecurityException {
        gcm.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BYTES * 8, nonce));
        return pass(gcm, plain, length, to);
    }

    private static int pass(Cipher cipher, byte[] from, int length, byte[] to) throws GeneralSecurityException {
        int done = 0;
        int made = 0;
        for (; length - done > PIECE; done += PIECE) {
            made += cipher.update(from, done, PIECE, to, made);
        }
        return made + cipher.doFinal(from, done, length - done, to, made);
    }
}

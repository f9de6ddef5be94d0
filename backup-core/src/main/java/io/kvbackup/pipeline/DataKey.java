package io.kvbackup.pipeline;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret of one backup, from which the keys of its objects are derived with HKDF-SHA256 (RFC 5869). It encrypts
 * nothing itself. Safe for use by several threads until it is {@linkplain #destroy() destroyed}, after which it gives
 * nothing any more.
 */
public final class DataKey {
    /** Length of a data key, and of every key that is derived from it. */
    public static final int BYTES = 32;

    private static final String HMAC = "HmacSHA256";

    private final byte[] secret;
    private boolean destroyed;

    private DataKey(byte[] secret) {
        this.secret = secret;
    }

    public static DataKey random(SecureRandom random) {
        byte[] secret = new byte[BYTES];
        random.nextBytes(secret);
        return new DataKey(secret);
    }

    /**
     * @param secret is copied
     * @throws IllegalArgumentException if it has another length than {@value #BYTES}
     */
    public static DataKey of(byte[] secret) {
        if (secret.length != BYTES) {
            throw new IllegalArgumentException("a data key has " + BYTES + " bytes, not " + secret.length);
        }
        return new DataKey(secret.clone());
    }

    /** A copy, to be wrapped and then zeroed. */
    public synchronized byte[] copy() {
        requireUsable();
        return secret.clone();
    }

    /**
     * Derives an AES-256 key.
     *
     * @param salt may be empty
     * @param info what the key is for; other bytes give an unrelated key
     */
    public synchronized SecretKey derive(byte[] salt, byte[] info) {
        requireUsable();
        // One block of HMAC-SHA256 is all that HKDF has to expand to.
        byte[] extracted = hmac(salt.length == 0 ? new byte[BYTES] : salt, secret);
        byte[] block = Arrays.copyOf(info, info.length + 1);
        block[info.length] = 1;
        byte[] derived = hmac(extracted, block);
        try {
            return new SecretKeySpec(derived, "AES");
        } finally {
            Arrays.fill(extracted, (byte) 0);
            Arrays.fill(derived, (byte) 0);
        }
    }

    private static byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + HMAC, e);
        }
    }

    // An attempt to upload that was given up may come back later: it must not go on with a key of zeros.
    private void requireUsable() {
        if (destroyed) {
            throw new IllegalStateException("the data key was destroyed when its backup ended");
        }
    }

    /** Overwrites the secret; what was derived stays usable. */
    public synchronized void destroy() {
        destroyed = true;
        Arrays.fill(secret, (byte) 0);
    }

    @Override
    public String toString() {
        return "DataKey[***]";
    }
}

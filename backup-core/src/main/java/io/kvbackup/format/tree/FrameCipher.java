package io.kvbackup.format.tree;

import io.kvbackup.model.CorruptBackupException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Encrypts the frames of one object: AES-256-GCM under a key of this attempt to write the object, bound to the object
 * and to where the frame begins, so that none can be moved, swapped or cut. Safe for use by several threads.
 */
public final class FrameCipher {
    public static final int TAG_BYTES = 16;

    private static final int NONCE_BYTES = 12;

    private final SecretKey key;
    private final byte[] object;
    private final String source;

    /**
     * @param key of this attempt to write the object, and of no other
     * @param object tells it from others
     * @param source what to call the object in messages
     */
    public FrameCipher(SecretKey key, byte[] object, String source) {
        this.key = key;
        this.object = object;
        this.source = source;
    }

    /** The same key for a frame that vouches for more than its content. */
    public FrameCipher vouchingFor(byte[] more) {
        return new FrameCipher(
                key,
                new BytesOut(object.length + more.length).raw(object).raw(more).toBytes(),
                source);
    }

    private Cipher cipher(int mode, long frameOffset, byte[] frameHead) throws GeneralSecurityException {
        byte[] nonce =
                ByteBuffer.allocate(NONCE_BYTES).putInt(0).putLong(frameOffset).array();
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * 8, nonce));
        cipher.updateAAD(frameHead);
        cipher.updateAAD(object);
        return cipher;
    }

    /**
     * Encrypts what a frame stores.
     *
     * @param frameHead kind, plain length and stored length
     * @return the ciphertext with its tag
     */
    byte[] encrypt(long frameOffset, byte[] frameHead, byte[] bytes, int length, byte[] tail) {
        byte[] encrypted = new byte[length + tail.length + TAG_BYTES];
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, frameOffset, frameHead);
            int done = cipher.update(bytes, 0, length, encrypted, 0);
            cipher.doFinal(tail, 0, tail.length, encrypted, done);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES/GCM", e);
        }
        return encrypted;
    }

    byte[] decrypt(long frameOffset, byte[] frameHead, byte[] bytes, int from, int length)
            throws CorruptBackupException {
        if (length <= TAG_BYTES) {
            throw new CorruptBackupException(source + ", frame at " + frameOffset + ": too short to be encrypted");
        }
        try {
            return cipher(Cipher.DECRYPT_MODE, frameOffset, frameHead).doFinal(bytes, from, length);
        } catch (GeneralSecurityException e) {
            throw new CorruptBackupException(
                    source + ", frame at " + frameOffset
                            + " is not authentic: it was edited, moved, or is of another object or key",
                    e);
        }
    }
}

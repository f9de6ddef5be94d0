package io.kvbackup.encryption;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Data keys under AES-256-GCM: 12 random bytes, the ciphertext, 16 bytes of tag. The context is the associated data.
 */
final class AesWrapping {
    static final String ALGORITHM = "AES-256-GCM";
    static final int KEY_BYTES = 32;

    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BITS / 8;

    private AesWrapping() {}

    static byte[] wrap(String id, Key key, byte[] dataKey, byte[] context, SecureRandom random)
            throws EncryptionKeyException {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        byte[] wrapped = new byte[WRAPPED_BYTES];
        System.arraycopy(nonce, 0, wrapped, 0, NONCE_BYTES);
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, key, nonce, context);
            cipher.doFinal(dataKey, 0, KEY_BYTES, wrapped, NONCE_BYTES);
            return wrapped;
        } catch (GeneralSecurityException e) {
            throw Wrappings.unusableKey(id, e);
        }
    }

    static byte[] unwrap(Key key, WrappedKey wrapped, byte[] context) throws EncryptionKeyException {
        byte[] bytes = wrapped.bytes();
        if (bytes.length != WRAPPED_BYTES) {
            throw Wrappings.wrongKey(
                    wrapped, new InvalidKeyException("the wrapped key has " + bytes.length + " bytes"));
        }
        byte[] nonce = Arrays.copyOf(bytes, NONCE_BYTES);
        try {
            return cipher(Cipher.DECRYPT_MODE, key, nonce, context)
                    .doFinal(bytes, NONCE_BYTES, bytes.length - NONCE_BYTES);
        } catch (InvalidKeyException e) {
            throw Wrappings.unusableKey(wrapped.keyId(), e);
        } catch (GeneralSecurityException e) {
            throw Wrappings.wrongKey(wrapped, e);
        }
    }

    private static Cipher cipher(int mode, Key key, byte[] nonce, byte[] context) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(context);
        return cipher;
    }
}

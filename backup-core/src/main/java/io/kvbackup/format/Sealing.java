package io.kvbackup.format;

import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.pipeline.DataKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * The confidential part of a manifest: 12 random bytes, AES-256-GCM ciphertext, 16 bytes of tag. Its key is derived
 * from the backup's data key and bound to the object's name, its associated data are all bytes that stand before it in
 * the manifest.
 */
final class Sealing {
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 16;

    private final byte[] open;
    private final byte[] bytes;

    /**
     * @param open the bytes that stand before
     * @param bytes nonce, ciphertext and tag
     */
    Sealing(byte[] open, byte[] bytes) {
        this.open = open;
        this.bytes = bytes;
    }

    static byte[] seal(byte[] confidential, byte[] open, String objectName, DataKey key, SecureRandom random) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] encrypted =
                    cipher(Cipher.ENCRYPT_MODE, nonce, open, objectName, key).doFinal(confidential);
            byte[] sealed = Arrays.copyOf(nonce, NONCE_BYTES + encrypted.length);
            System.arraycopy(encrypted, 0, sealed, NONCE_BYTES, encrypted.length);
            return sealed;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES/GCM", e);
        }
    }

    byte[] open(String objectName, DataKey key, String source) throws CorruptBackupException {
        if (bytes.length < NONCE_BYTES + TAG_BYTES) {
            throw new CorruptBackupException(source + ": its encrypted part is cut short");
        }
        byte[] nonce = Arrays.copyOf(bytes, NONCE_BYTES);
        try {
            return cipher(Cipher.DECRYPT_MODE, nonce, open, objectName, key)
                    .doFinal(bytes, NONCE_BYTES, bytes.length - NONCE_BYTES);
        } catch (GeneralSecurityException e) {
            throw new CorruptBackupException(
                    source + " is not authentic: it was edited, renamed, or put together from those of other backups",
                    e);
        }
    }

    private static Cipher cipher(int mode, byte[] nonce, byte[] open, String objectName, DataKey key)
            throws GeneralSecurityException {
        byte[] info = ("kvbackup.manifest:" + objectName).getBytes(StandardCharsets.UTF_8);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key.derive(new byte[0], info), new GCMParameterSpec(TAG_BYTES * 8, nonce));
        cipher.updateAAD(open);
        return cipher;
    }
}

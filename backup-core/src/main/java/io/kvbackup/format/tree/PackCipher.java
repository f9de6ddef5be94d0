package io.kvbackup.format.tree;

import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.pipeline.DataKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Encrypts the frames of one pack: AES-256-GCM under a key of this attempt to write the pack, bound to the pack and to
 * where the frame begins, so that none can be moved, swapped or cut. Safe for use by several threads.
 */
public final class PackCipher {
    static final int TAG_BYTES = 16;

    private static final int NONCE_BYTES = 12;

    private final PackHeader header;
    private final byte[] salt;
    private final SecretKey key;

    private PackCipher(DataKey packKey, String objectName, PackHeader header, byte[] salt) {
        this.header = header;
        this.salt = salt;
        this.key = packKey.derive(salt, ("kvbackup.pack:" + objectName).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * For a pack that is to be written. Each attempt needs its own: the salt is new, so no nonce is ever used twice
     * under one key.
     *
     * @param packKey of the lineage
     * @param objectName the pack's
     */
    public static PackCipher forWriting(DataKey packKey, String objectName, PackId id, SecureRandom random) {
        byte[] salt = new byte[PackHeader.SALT_BYTES];
        random.nextBytes(salt);
        return new PackCipher(packKey, objectName, new PackHeader(id, salt), salt);
    }

    /** @param header of the pack, which must be an encrypted one */
    public static PackCipher forReading(DataKey packKey, String objectName, PackHeader header) {
        byte[] salt = header.salt();
        if (salt == null) {
            throw new IllegalArgumentException(objectName + " is not encrypted");
        }
        return new PackCipher(packKey, objectName, header, salt);
    }

    PackHeader header() {
        return new PackHeader(header.id(), salt);
    }

    private Cipher cipher(int mode, long frameOffset, byte[] frameHead) throws GeneralSecurityException {
        byte[] nonce =
                ByteBuffer.allocate(NONCE_BYTES).putInt(0).putLong(frameOffset).array();
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * 8, nonce));
        cipher.updateAAD(frameHead);
        BytesOut id = new BytesOut(PackId.BYTES);
        header.id().write(id);
        cipher.updateAAD(id.toBytes());
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
            throw new CorruptBackupException(
                    "pack " + header.id() + ", frame at " + frameOffset + ": too short to be encrypted");
        }
        try {
            return cipher(Cipher.DECRYPT_MODE, frameOffset, frameHead).doFinal(bytes, from, length);
        } catch (GeneralSecurityException e) {
            throw new CorruptBackupException(
                    "pack " + header.id() + ", frame at " + frameOffset
                            + " is not authentic: it was edited, moved, or is of another pack or key",
                    e);
        }
    }
}

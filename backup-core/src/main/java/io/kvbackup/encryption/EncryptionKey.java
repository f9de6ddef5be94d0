package io.kvbackup.encryption;

import java.io.IOException;

/**
 * A key-encryption key: each backup has a random data key of its own, and this one wraps it. So the key can be
 * exchanged without touching archives, and may stay in a service or device that never gives it out.
 *
 * <p>Safe for use by several threads. Never shows secrets in {@code toString()} or messages.
 */
public interface EncryptionKey {
    /**
     * The name by which manifests refer to this key; everybody can read it there. It never changes, and no other key
     * may have it.
     *
     * @return 1 to 100 characters, none of them a control character
     */
    String id();

    /**
     * Whether {@link #unwrap} is possible: {@code false} for a public key, which can write backups but not read them.
     */
    boolean canUnwrap();

    /**
     * Encrypts a data key.
     *
     * @param dataKey 32 bytes; belongs to the caller, who zeroes it afterwards
     * @param context must be given to {@link #unwrap} too; binds the result to one backup, and is no secret
     * @return with this key's id
     * @throws IOException if the key cannot do it now
     */
    WrappedKey wrap(byte[] dataKey, byte[] context) throws IOException;

    /**
     * Decrypts a data key.
     *
     * @param wrapped comes from the store and may be forged
     * @param context as it was given to {@link #wrap}
     * @return the data key, which now belongs to the caller, who zeroes it
     * @throws EncryptionKeyException if this key did not wrap it with this context, or cannot unwrap at all
     * @throws IOException if it cannot be done now
     */
    byte[] unwrap(WrappedKey wrapped, byte[] context) throws IOException;
}

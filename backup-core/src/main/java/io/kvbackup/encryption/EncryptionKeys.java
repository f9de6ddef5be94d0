package io.kvbackup.encryption;

import java.io.IOException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.Optional;

/**
 * The keys of a host: one that new backups are encrypted under, and any number with which older ones are read.
 *
 * <p>Whoever loses the key of a backup has lost the backup. Safe for use by several threads. Never shows secrets in
 * {@code toString()} or messages.
 */
public interface EncryptionKeys {
    /**
     * How often a password is hashed unless told otherwise: what OWASP recommends for PBKDF2-HMAC-SHA256 since 2023.
     */
    int DEFAULT_ITERATIONS = 600_000;

    /** The key for new backups. */
    EncryptionKey current();

    /**
     * Looks a key up, the current one too.
     *
     * @throws IOException if it cannot be looked up now
     */
    Optional<EncryptionKey> find(String id) throws IOException;

    /**
     * These keys, and older ones to read with.
     *
     * @throws IllegalArgumentException if the older ones know the current key's id too
     */
    default EncryptionKeys withOlder(EncryptionKeys older) {
        return new KeysWithOlder(this, older);
    }

    /**
     * One secret key.
     *
     * @param secret 32 random bytes, as {@code SecureRandom} makes them; copied
     * @throws IllegalArgumentException if it has another length
     */
    static EncryptionKeys ofRaw(String id, byte[] secret) {
        return new SingleKey(AesKey.ofRaw(id, secret));
    }

    /**
     * A password, with the id {@code password} and {@link #DEFAULT_ITERATIONS}. A second one, as when passwords are
     * changed, needs an id of its own: give it with {@link #ofPassword(String, char[], int)}.
     */
    static EncryptionKeys ofPassword(char[] password) {
        return ofPassword("password", password, DEFAULT_ITERATIONS);
    }

    /**
     * A key that is derived from a password with PBKDF2-HMAC-SHA256. Salt and iterations stand in each manifest, so the
     * password alone is enough to read. Deriving takes some tenths of a second, once for each salt, and all backups of
     * these keys share one.
     *
     * @param password at least 12 characters, copied, in any Unicode normalisation (NFC is derived from); a generated
     *     one of six words or 20 letters is a good one
     * @param iterations 100,000 to 10,000,000; more make guessing slower, and the first use too
     */
    static EncryptionKeys ofPassword(String id, char[] password, int iterations) {
        return new SingleKey(new PasswordKey(id, password, iterations));
    }

    /**
     * The keys of a key store that are of the current one's kind: AES-256 keys if that is one, otherwise RSA key pairs
     * and certificates; a key's id is its alias. They are read once, here. If the current alias has only a certificate,
     * backups are written that need the private key to be read.
     *
     * <p>Keys of the other kind are added with {@link #withOlder}. If the current key is secret, then no pair of the
     * store, such as the host's for TLS, lets those who have its public half forge backups; if it is a pair, keep pairs
     * for other purposes in another store.
     *
     * @param password of the keys; not kept
     * @throws IllegalArgumentException if the current alias is not there or has no such key, or a key cannot be
     *     recovered
     */
    static EncryptionKeys ofKeyStore(KeyStore store, char[] password, String currentAlias) {
        return KeyStoreKeys.read(store, password, currentAlias);
    }

    /**
     * The public half of a key pair: backups are written that this host cannot read. Anybody who has the public key can
     * write such backups, so it does not prove who wrote them.
     *
     * @param key RSA, with at least 2048 bits (3072 and more are better)
     */
    static EncryptionKeys publicKeyOnly(String id, PublicKey key) {
        return new SingleKey(RsaKey.of(id, key, null));
    }

    /** A key pair: writes and reads what {@link #publicKeyOnly} does with its public half. */
    static EncryptionKeys ofKeyPair(String id, PublicKey publicKey, PrivateKey privateKey) {
        return new SingleKey(RsaKey.of(id, publicKey, privateKey));
    }
}

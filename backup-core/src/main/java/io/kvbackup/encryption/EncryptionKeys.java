package io.kvbackup.encryption;

import java.io.IOException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.Optional;

/**
 * The keys of a host: one key that encrypts new backups, and any number of keys that read older ones.
 *
 * <p>If you lose the key of a backup, you lose the backup. Safe for use by several threads. Never shows secrets in
 * {@code toString()} or messages.
 */
public interface EncryptionKeys {
    /**
     * How often a password is hashed unless you say otherwise: the number that OWASP recommends for PBKDF2-HMAC-SHA256
     * since 2023.
     */
    int DEFAULT_ITERATIONS = 600_000;

    /** The key for new backups. */
    EncryptionKey current();

    /**
     * Looks up a key by its id; it may be the current one.
     *
     * @throws IOException if the key cannot be looked up now
     */
    Optional<EncryptionKey> find(String id) throws IOException;

    /**
     * These keys, plus older ones to read with.
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
     * A password, with the id {@code password} and {@link #DEFAULT_ITERATIONS}. A second password, such as the new one
     * after a change, needs an id of its own: use {@link #ofPassword(String, char[], int)}.
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
     * The keys of a key store that are of the same kind as the current key: AES-256 keys, or RSA key pairs and
     * certificates. A key's id is its alias. Reads them once, now. If the current alias has only a certificate, the
     * backups that this host writes can be read only with the private key.
     *
     * <p>Keys of the other kind are added with {@link #withOlder}. If the current key is secret, the public half of a
     * key pair in the store, such as the host's pair for TLS, cannot be used to forge backups. If the current key is a
     * pair, keep pairs for other purposes in another store.
     *
     * @param password of the keys; not kept
     * @throws IllegalArgumentException if the current alias is missing or has no such key, or if a key cannot be
     *     recovered
     */
    static EncryptionKeys ofKeyStore(KeyStore store, char[] password, String currentAlias) {
        return KeyStoreKeys.read(store, password, currentAlias);
    }

    /**
     * The public half of a key pair: this host writes backups that it cannot read. Anybody who has the public key can
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

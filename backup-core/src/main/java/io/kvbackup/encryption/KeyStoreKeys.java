package io.kvbackup.encryption;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/** The keys of a key store that are of the current one's kind. */
final class KeyStoreKeys implements EncryptionKeys {
    private final Map<String, EncryptionKey> keys;
    private final EncryptionKey current;

    private KeyStoreKeys(Map<String, EncryptionKey> keys, EncryptionKey current) {
        this.keys = keys;
        this.current = current;
    }

    static KeyStoreKeys read(KeyStore store, char[] password, String currentAlias) {
        // Key stores disagree on whether the case of an alias counts.
        Map<String, EncryptionKey> keys = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        try {
            for (String alias : Collections.list(store.aliases())) {
                readIfUsable(store, alias, password, alias.equalsIgnoreCase(currentAlias))
                        .ifPresent(key -> keys.put(alias, key));
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "the key store cannot be read: " + e.getMessage() + "; is it loaded, and is the password right?"
                            + hint(password),
                    e);
        }
        EncryptionKey current = keys.get(currentAlias);
        if (current == null) {
            throw new IllegalArgumentException("the key store has no AES-256 key, RSA key pair or RSA certificate '"
                    + currentAlias + "'; it has " + keys.keySet());
        }
        // A pair for another purpose, such as TLS, would let everybody who has its public half forge backups.
        keys.values().removeIf(key -> key.getClass() != current.getClass());
        return new KeyStoreKeys(keys, current);
    }

    /** What files add to passwords. */
    private static String hint(char[] password) {
        String said = "";
        if (password.length > 0) {
            char last = password[password.length - 1];
            said += password[0] == '\uFEFF' ? " It begins with a byte order mark." : "";
            said += last == '\n' || last == '\r' ? " It ends with a line break." : "";
        }
        for (char c : password) {
            if (c == 0) {
                return said + " It holds zeros, as text in UTF-16 does.";
            }
        }
        return said;
    }

    /** Weak keys and keys for other purposes do not matter, unless one of them is the current key. */
    private static Optional<EncryptionKey> readIfUsable(
            KeyStore store, String alias, char[] password, boolean isCurrent) throws GeneralSecurityException {
        try {
            return Optional.ofNullable(read(store, alias, password));
        } catch (IllegalArgumentException e) {
            if (isCurrent) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private static @Nullable EncryptionKey read(KeyStore store, String alias, char[] password)
            throws GeneralSecurityException {
        Certificate certificate = store.getCertificate(alias);
        if (certificate != null) {
            boolean isRsa = certificate.getPublicKey().getAlgorithm().equals("RSA");
            PrivateKey privateKey =
                    store.isKeyEntry(alias) && isRsa ? (PrivateKey) store.getKey(alias, password) : null;
            return isRsa ? RsaKey.of(alias, certificate.getPublicKey(), privateKey) : null;
        }
        Key key = store.getKey(alias, password);
        return key instanceof SecretKey secret && secret.getAlgorithm().equals("AES") ? aesKey(alias, secret) : null;
    }

    private static EncryptionKey aesKey(String alias, SecretKey secret) {
        // A device does not give its keys out.
        byte[] encoded = secret.getEncoded();
        if (encoded != null) {
            AesKey.requireLength(alias, encoded);
            Arrays.fill(encoded, (byte) 0);
        }
        return new AesKey(alias, secret);
    }

    @Override
    public EncryptionKey current() {
        return current;
    }

    @Override
    public Optional<EncryptionKey> find(String id) {
        return Optional.ofNullable(keys.get(id));
    }

    @Override
    public String toString() {
        return "KeyStoreKeys[" + keys.keySet() + ", current " + current.id() + "]";
    }
}

package io.kvbackup.encryption;

import java.nio.CharBuffer;
import java.security.GeneralSecurityException;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Derives keys from a password, and remembers them: each costs some tenths of a second. Safe for use by several
 * threads.
 */
final class DerivedKeys {
    /**
     * The number of keys to remember: one for each run of the host whose backups are read; forged manifests must not
     * fill the memory.
     */
    private static final int REMEMBERED = 64;

    private static final String PBKDF2 = "PBKDF2WithHmacSHA256";

    private final char[] password;
    private final Map<String, SecretKey> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, SecretKey> eldest) {
            return size() > REMEMBERED;
        }
    };

    DerivedKeys(char[] password) {
        CharBuffer text = CharBuffer.wrap(password);
        // Keyboards and systems differ in how they compose letters. A text that is composed already leaves no copy
        // behind.
        this.password = Normalizer.isNormalized(text, Normalizer.Form.NFC)
                ? password.clone()
                : Normalizer.normalize(text, Normalizer.Form.NFC).toCharArray();
    }

    /**
     * Derives without holding the lock: a forged manifest may ask for seconds of work, and backups must not wait for
     * it. Two threads that ask for the same key at once may both derive it.
     */
    SecretKey key(byte[] salt, int iterations) {
        String parameters = iterations + ":" + HexFormat.of().formatHex(salt);
        synchronized (known) {
            SecretKey key = known.get(parameters);
            if (key != null) {
                return key;
            }
        }
        SecretKey derived = derive(salt, iterations);
        synchronized (known) {
            known.put(parameters, derived);
        }
        return derived;
    }

    private SecretKey derive(byte[] salt, int iterations) {
        PBEKeySpec spec = new PBEKeySpec(password, salt, iterations, AesWrapping.KEY_BYTES * 8);
        try {
            byte[] secret =
                    SecretKeyFactory.getInstance(PBKDF2).generateSecret(spec).getEncoded();
            try {
                return new SecretKeySpec(secret, "AES");
            } finally {
                Arrays.fill(secret, (byte) 0);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java platform has no " + PBKDF2, e);
        } finally {
            spec.clearPassword();
        }
    }
}

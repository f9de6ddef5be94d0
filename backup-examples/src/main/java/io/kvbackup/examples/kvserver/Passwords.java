package io.kvbackup.examples.kvserver;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** Passwords as they are kept and backed up: {@code pbkdf2:<salt>:<hash>}. Other servers' backups have them as text. */
final class Passwords {
    private static final String PREFIX = "pbkdf2:";
    private static final int ROUNDS = 20_000;
    private static final int BITS = 256;

    private Passwords() {}

    static String hash(String password, SecureRandom random) {
        byte[] salt = new byte[16];
        random.nextBytes(salt);
        Base64.Encoder text = Base64.getEncoder();
        return PREFIX + text.encodeToString(salt) + ":" + text.encodeToString(derive(password, salt));
    }

    static boolean matches(String password, String kept) {
        if (!kept.startsWith(PREFIX)) {
            return same(password.getBytes(StandardCharsets.UTF_8), kept.getBytes(StandardCharsets.UTF_8));
        }
        int colon = kept.indexOf(':', PREFIX.length());
        try {
            byte[] salt = Base64.getDecoder().decode(kept.substring(PREFIX.length(), colon));
            return same(derive(password, salt), Base64.getDecoder().decode(kept.substring(colon + 1)));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return false;
        }
    }

    /** Takes the same time wherever they differ. */
    static boolean same(byte[] left, byte[] right) {
        return MessageDigest.isEqual(left, right);
    }

    private static byte[] derive(String password, byte[] salt) {
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(new PBEKeySpec(password.toCharArray(), salt, ROUNDS, BITS))
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has PBKDF2WithHmacSHA256", e);
        }
    }
}

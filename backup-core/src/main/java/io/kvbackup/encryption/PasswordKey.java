package io.kvbackup.encryption;

import java.io.IOException;
import java.security.InvalidKeyException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;

/** A key that is derived from a password and a salt. */
final class PasswordKey implements EncryptionKey {
    static final String ALGORITHM = "PBKDF2-HMAC-SHA256+" + AesWrapping.ALGORITHM;

    private static final int MIN_ITERATIONS = 100_000;
    /** The largest number accepted, because a forged manifest may ask for any; this one takes some seconds. */
    private static final int MAX_ITERATIONS = 10_000_000;

    private static final int MIN_PASSWORD = 12;
    private static final int SALT_BYTES = 16;

    private final String id;
    private final DerivedKeys derived;
    private final SecureRandom random = new SecureRandom();
    private final byte[] salt = new byte[SALT_BYTES];
    private final int iterations;

    PasswordKey(String id, char[] password, int iterations) {
        this.id = KeyId.require(id);
        if (password.length < MIN_PASSWORD) {
            throw new IllegalArgumentException("the password of key '" + id + "' has " + password.length
                    + " characters; take at least " + MIN_PASSWORD);
        }
        if (iterations < MIN_ITERATIONS || iterations > MAX_ITERATIONS) {
            throw new IllegalArgumentException("key '" + id + "': " + iterations + " iterations; take " + MIN_ITERATIONS
                    + " to " + MAX_ITERATIONS);
        }
        this.derived = new DerivedKeys(password);
        this.iterations = iterations;
        random.nextBytes(salt);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public boolean canUnwrap() {
        return true;
    }

    @Override
    public WrappedKey wrap(byte[] dataKey, byte[] context) throws IOException {
        Map<String, String> parameters =
                Map.of("salt", Base64.getEncoder().encodeToString(salt), "iterations", String.valueOf(iterations));
        byte[] wrapped = AesWrapping.wrap(id, derived.key(salt, iterations), dataKey, context, random);
        return new WrappedKey(id, ALGORITHM, parameters, wrapped);
    }

    @Override
    public byte[] unwrap(WrappedKey wrapped, byte[] context) throws IOException {
        Wrappings.requireAlgorithm(wrapped, ALGORITHM);
        byte[] otherSalt;
        int otherIterations;
        try {
            otherSalt = Base64.getDecoder().decode(wrapped.parameters().getOrDefault("salt", ""));
            otherIterations = Integer.parseInt(wrapped.parameters().getOrDefault("iterations", ""));
        } catch (IllegalArgumentException e) {
            throw Wrappings.wrongKey(wrapped, e);
        }
        if (otherSalt.length != SALT_BYTES || otherIterations < MIN_ITERATIONS || otherIterations > MAX_ITERATIONS) {
            throw Wrappings.wrongKey(
                    wrapped,
                    new InvalidKeyException("a salt of " + otherSalt.length + " bytes and " + otherIterations
                            + " iterations are not what this library writes"));
        }
        return AesWrapping.unwrap(derived.key(otherSalt, otherIterations), wrapped, context);
    }

    @Override
    public String toString() {
        return "PasswordKey[" + id + "]";
    }
}

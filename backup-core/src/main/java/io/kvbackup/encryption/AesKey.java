package io.kvbackup.encryption;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.Map;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** A secret AES-256 key. */
final class AesKey implements EncryptionKey {
    private final String id;
    private final SecretKey secret;
    private final SecureRandom random = new SecureRandom();

    AesKey(String id, SecretKey secret) {
        this.id = KeyId.require(id);
        this.secret = secret;
    }

    static AesKey ofRaw(String id, byte[] secret) {
        return new AesKey(id, new SecretKeySpec(requireLength(id, secret), "AES"));
    }

    /** @throws IllegalArgumentException if the secret is not one of AES-256; says how long it is */
    static byte[] requireLength(String id, byte[] secret) {
        if (secret.length != AesWrapping.KEY_BYTES) {
            throw new IllegalArgumentException(
                    "key '" + id + "' has " + secret.length + " bytes; it must have " + AesWrapping.KEY_BYTES);
        }
        return secret;
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
        return new WrappedKey(
                id, AesWrapping.ALGORITHM, Map.of(), AesWrapping.wrap(id, secret, dataKey, context, random));
    }

    @Override
    public byte[] unwrap(WrappedKey wrapped, byte[] context) throws IOException {
        Wrappings.requireAlgorithm(wrapped, AesWrapping.ALGORITHM);
        return AesWrapping.unwrap(secret, wrapped, context);
    }

    @Override
    public String toString() {
        return "AesKey[" + id + "]";
    }
}

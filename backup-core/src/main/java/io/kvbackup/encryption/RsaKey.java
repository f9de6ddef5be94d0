package io.kvbackup.encryption;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.jspecify.annotations.Nullable;

/** An RSA key pair, or its public half: OAEP with SHA-256, also in MGF1, and the context as its label. */
final class RsaKey implements EncryptionKey {
    static final String ALGORITHM = "RSA-OAEP-SHA256";

    private static final int MIN_BITS = 2048;

    private final String id;
    private final PublicKey publicKey;
    private final @Nullable PrivateKey privateKey;

    private RsaKey(String id, PublicKey publicKey, @Nullable PrivateKey privateKey) {
        this.id = id;
        this.publicKey = publicKey;
        this.privateKey = privateKey;
    }

    static RsaKey of(String id, PublicKey publicKey, @Nullable PrivateKey privateKey) {
        KeyId.require(id);
        if (!(publicKey instanceof RSAPublicKey rsa)) {
            throw new IllegalArgumentException(
                    "key '" + id + "' is one for " + publicKey.getAlgorithm() + "; a public key must be one for RSA");
        }
        int bits = rsa.getModulus().bitLength();
        if (bits < MIN_BITS) {
            throw new IllegalArgumentException("key '" + id + "' has " + bits + " bits; take at least " + MIN_BITS);
        }
        if (privateKey != null && !privateKey.getAlgorithm().equals(publicKey.getAlgorithm())) {
            throw new IllegalArgumentException("key '" + id + "' has a private key for " + privateKey.getAlgorithm()
                    + " and a public one for " + publicKey.getAlgorithm());
        }
        return new RsaKey(id, publicKey, privateKey);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public boolean canUnwrap() {
        return privateKey != null;
    }

    @Override
    public WrappedKey wrap(byte[] dataKey, byte[] context) throws IOException {
        try {
            Cipher cipher = cipher();
            cipher.init(Cipher.ENCRYPT_MODE, publicKey, parameters(context));
            return new WrappedKey(id, ALGORITHM, Map.of(), cipher.doFinal(dataKey));
        } catch (GeneralSecurityException e) {
            throw Wrappings.unusableKey(id, e);
        }
    }

    @Override
    public byte[] unwrap(WrappedKey wrapped, byte[] context) throws IOException {
        if (privateKey == null) {
            throw new EncryptionKeyException(
                    id,
                    "this host has only the public half of key '" + id
                            + "': it writes backups and cannot read them; use a host that has the private key");
        }
        Wrappings.requireAlgorithm(wrapped, ALGORITHM);
        try {
            Cipher cipher = cipher();
            cipher.init(Cipher.DECRYPT_MODE, privateKey, parameters(context));
            return cipher.doFinal(wrapped.bytes());
        } catch (InvalidKeyException e) {
            throw Wrappings.unusableKey(id, e);
        } catch (GeneralSecurityException e) {
            throw Wrappings.wrongKey(wrapped, e);
        }
    }

    private static Cipher cipher() throws GeneralSecurityException {
        return Cipher.getInstance("RSA/ECB/OAEPPadding");
    }

    private static OAEPParameterSpec parameters(byte[] context) {
        return new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, new PSource.PSpecified(context));
    }

    @Override
    public String toString() {
        return "RsaKey[" + id + (privateKey == null ? ", public half only]" : "]");
    }
}

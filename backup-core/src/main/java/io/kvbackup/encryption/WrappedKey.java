package io.kvbackup.encryption;

import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * An encrypted data key; it stands in the manifest, where everybody can read it.
 *
 * @param keyId of the key that wrapped it
 * @param algorithm how it was wrapped, in the key's own words, such as {@code AES-256-GCM}
 * @param parameters whatever else unwrapping needs, by name; for a password its salt and iterations
 * @param bytes the encrypted data key
 */
@SuppressWarnings("ArrayRecordComponent") // a ciphertext is bytes; equality is defined below
public record WrappedKey(String keyId, String algorithm, Map<String, String> parameters, byte[] bytes) {
    /** Longer ones are refused: RSA with 16384 bits makes 2 KiB. */
    private static final int MAX_BYTES = 16 << 10;

    public WrappedKey {
        KeyId.require(keyId);
        if (algorithm.isBlank()) {
            throw new IllegalArgumentException("the algorithm that wrapped key '" + keyId + "' has no name");
        }
        if (bytes.length == 0 || bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("a wrapped key has 1 to " + MAX_BYTES + " bytes, not " + bytes.length);
        }
        parameters = Collections.unmodifiableMap(new TreeMap<>(parameters));
        bytes = bytes.clone();
    }

    @Override
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WrappedKey that
                && keyId.equals(that.keyId)
                && algorithm.equals(that.algorithm)
                && parameters.equals(that.parameters)
                && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return 31 * keyId.hashCode() + Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "WrappedKey[keyId=" + keyId + ", algorithm=" + algorithm + "]";
    }
}

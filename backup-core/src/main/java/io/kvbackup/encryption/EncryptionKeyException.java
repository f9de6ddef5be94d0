package io.kvbackup.encryption;

import java.io.IOException;
import java.util.Objects;

/**
 * Thrown when a backup cannot be read because the right key is missing, the key is a wrong one, or the key can only
 * write.
 */
public final class EncryptionKeyException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String keyId;

    /** @param keyId of the key that is needed */
    public EncryptionKeyException(String keyId, String message) {
        super(message);
        this.keyId = Objects.requireNonNull(keyId, "keyId");
    }

    /** @param keyId of the key that is needed */
    public EncryptionKeyException(String keyId, String message, Throwable cause) {
        super(message, cause);
        this.keyId = Objects.requireNonNull(keyId, "keyId");
    }

    /** The id of the key that is needed. */
    public String keyId() {
        return keyId;
    }
}

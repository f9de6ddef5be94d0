package io.kvbackup.encryption;

/** The messages for data keys that cannot be unwrapped. */
final class Wrappings {
    private Wrappings() {}

    /** Refuses a data key that a key of another kind has wrapped. */
    static void requireAlgorithm(WrappedKey wrapped, String algorithm) throws EncryptionKeyException {
        if (!wrapped.algorithm().equals(algorithm)) {
            throw new EncryptionKeyException(
                    wrapped.keyId(),
                    "key '" + wrapped.keyId() + "' is one for " + algorithm + ", the backup's key was wrapped with "
                            + wrapped.algorithm() + "; give the key that had this id then");
        }
    }

    static EncryptionKeyException wrongKey(WrappedKey wrapped, Throwable cause) {
        return new EncryptionKeyException(
                wrapped.keyId(),
                "key '" + wrapped.keyId() + "' does not fit: it is not the key that had this id when the backup was"
                        + " written, or the backup's manifest was tampered with",
                cause);
    }

    static EncryptionKeyException unusableKey(String id, Throwable cause) {
        return new EncryptionKeyException(
                id,
                "key '" + id + "' cannot be used by the security providers of this virtual machine: "
                        + cause.getMessage(),
                cause);
    }
}

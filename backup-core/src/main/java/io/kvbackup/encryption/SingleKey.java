package io.kvbackup.encryption;

import java.util.Optional;

/** One key, to write and read with. */
record SingleKey(EncryptionKey current) implements EncryptionKeys {
    @Override
    public Optional<EncryptionKey> find(String id) {
        return id.equals(current.id()) ? Optional.of(current) : Optional.empty();
    }
}

package io.kvbackup.encryption;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** Newer keys, and older ones to read with; looks among the newer ones first. */
record KeysWithOlder(EncryptionKeys newer, EncryptionKeys older) implements EncryptionKeys {
    KeysWithOlder {
        String id = newer.current().id();
        if (older.current().id().equals(id) || isKnown(older, id)) {
            throw new IllegalArgumentException("two keys with the id '" + id
                    + "'; give the new one an id of its own, since backups are found by it");
        }
    }

    private static boolean isKnown(EncryptionKeys keys, String id) {
        try {
            return keys.find(id).isPresent();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look up key '" + id + "'", e);
        }
    }

    @Override
    public EncryptionKey current() {
        return newer.current();
    }

    @Override
    public Optional<EncryptionKey> find(String id) throws IOException {
        Optional<EncryptionKey> found = newer.find(id);
        return found.isPresent() ? found : older.find(id);
    }
}

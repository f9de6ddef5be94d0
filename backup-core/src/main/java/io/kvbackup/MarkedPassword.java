package io.kvbackup;

import io.kvbackup.encryption.EncryptionKey;
import io.kvbackup.encryption.EncryptionKeyException;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.encryption.WrappedKey;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * A password from a file with a byte order mark. The mark was once taken for its first character, so backups that were
 * written then are read with it.
 */
final class MarkedPassword implements EncryptionKey {
    private static final char MARK = '\uFEFF';

    private final EncryptionKey plain;
    private final EncryptionKey marked;

    private MarkedPassword(EncryptionKey plain, EncryptionKey marked) {
        this.plain = plain;
        this.marked = marked;
    }

    static EncryptionKeys keys(EncryptionKeys plain, String id, char[] password) {
        char[] withMark = new char[password.length + 1];
        withMark[0] = MARK;
        System.arraycopy(password, 0, withMark, 1, password.length);
        EncryptionKeys marked = EncryptionKeys.ofPassword(id, withMark, EncryptionKeys.DEFAULT_ITERATIONS);
        Arrays.fill(withMark, '\0');
        EncryptionKey both = new MarkedPassword(plain.current(), marked.current());
        return new EncryptionKeys() {
            @Override
            public EncryptionKey current() {
                return both;
            }

            @Override
            public Optional<EncryptionKey> find(String wanted) {
                return wanted.equals(id) ? Optional.of(both) : Optional.empty();
            }

            @Override
            public String toString() {
                return plain.toString();
            }
        };
    }

    @Override
    public String id() {
        return plain.id();
    }

    @Override
    public boolean canUnwrap() {
        return true;
    }

    @Override
    public WrappedKey wrap(byte[] dataKey, byte[] context) throws IOException {
        return plain.wrap(dataKey, context);
    }

    @Override
    public byte[] unwrap(WrappedKey wrapped, byte[] context) throws IOException {
        try {
            return plain.unwrap(wrapped, context);
        } catch (EncryptionKeyException e) {
            try {
                return marked.unwrap(wrapped, context);
            } catch (EncryptionKeyException withMark) {
                throw e;
            }
        }
    }

    @Override
    public String toString() {
        return plain.toString();
    }
}

package io.kvbackup.pipeline;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.util.Objects;

/**
 * Decrypts {@link Segments}; nothing comes out of one before all of it was found authentic. {@code close()} closes the
 * source. Not thread-safe.
 */
final class DecryptingInputStream extends InputStream {
    private final InputStream source;
    private final Segments segments;
    // One byte more than a segment: whether it is there tells whether the segment is the last.
    private final byte[] encrypted = new byte[Segments.BYTES + 1];
    private final byte[] plain = new byte[Segments.BYTES];
    private int read;
    private int from;
    private int to;
    private boolean ended;

    private DecryptingInputStream(InputStream source, Segments segments) {
        this.source = source;
        this.segments = segments;
    }

    /** @param associatedData as it was given to the encryption */
    static DecryptingInputStream open(InputStream source, DataKey key, byte[] associatedData) throws IOException {
        byte[] header = source.readNBytes(Segments.HEADER_BYTES);
        if (header.length < Segments.HEADER_BYTES) {
            throw new EOFException("the header of the encrypted stream is cut short");
        }
        if (header[0] != Segments.HEADER_BYTES) {
            throw new IOException("the header of the encrypted stream should say that it has " + Segments.HEADER_BYTES
                    + " bytes and says " + (header[0] & 0xFF));
        }
        byte[] salt = new byte[Segments.SALT_BYTES];
        byte[] prefix = new byte[Segments.PREFIX_BYTES];
        System.arraycopy(header, 1, salt, 0, salt.length);
        System.arraycopy(header, 1 + salt.length, prefix, 0, prefix.length);
        Key derived = key.derive(salt, associatedData);
        return new DecryptingInputStream(source, new Segments(derived, prefix));
    }

    @Override
    public int read() throws IOException {
        return fill() ? plain[from++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, to - from);
        System.arraycopy(plain, from, bytes, offset, count);
        from += count;
        return count;
    }

    private boolean fill() throws IOException {
        while (from == to) {
            if (ended) {
                return false;
            }
            readSegment();
        }
        return true;
    }

    private void readSegment() throws IOException {
        boolean first = segments.isFirst();
        int size = segments.nextBytes();
        read += source.readNBytes(encrypted, read, size + 1 - read);
        boolean last = read <= size;
        int length = Math.min(read, size);
        if (length < Segments.TAG_BYTES || (length == Segments.TAG_BYTES && !first)) {
            throw new EOFException("the encrypted stream is cut short");
        }
        try {
            to = segments.decrypt(encrypted, length, last, plain);
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    "the encrypted stream is not authentic: it was damaged, cut, put together from parts, renamed, or"
                            + " encrypted under another key",
                    e);
        }
        from = 0;
        ended = last;
        encrypted[0] = encrypted[size];
        read = 1;
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}

package io.kvbackup.pipeline;

import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.util.Objects;

/** Encrypts in {@link Segments}. {@code close()} writes the last of them and closes the target. Not thread-safe. */
final class EncryptingOutputStream extends OutputStream {
    private final OutputStream target;
    private final Segments segments;
    private final byte[] plain = new byte[Segments.BYTES - Segments.TAG_BYTES];
    private final byte[] encrypted = new byte[Segments.BYTES];
    private int filled;
    private boolean closed;

    /**
     * Writes the header.
     *
     * @param salt random; never the same for two streams under one key
     * @param prefix random
     * @param associatedData must be given to the decryption too
     */
    EncryptingOutputStream(OutputStream target, DataKey key, byte[] salt, byte[] prefix, byte[] associatedData)
            throws IOException {
        this.target = target;
        this.segments = new Segments(key.derive(salt, associatedData), prefix);
        target.write(Segments.HEADER_BYTES);
        target.write(salt);
        target.write(prefix);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (closed) {
            throw new IOException("nothing can be written after close()");
        }
        for (int done = 0; done < length; ) {
            int capacity = segments.nextBytes() - Segments.TAG_BYTES;
            // A full segment waits until it is known not to be the last.
            if (filled == capacity) {
                writeSegment(false);
                capacity = segments.nextBytes() - Segments.TAG_BYTES;
            }
            int count = Math.min(length - done, capacity - filled);
            System.arraycopy(bytes, offset + done, plain, filled, count);
            filled += count;
            done += count;
        }
    }

    private void writeSegment(boolean last) throws IOException {
        int length;
        try {
            length = segments.encrypt(plain, filled, last, encrypted);
        } catch (GeneralSecurityException e) {
            throw new IOException("encryption failed: " + e.getMessage(), e);
        }
        filled = 0;
        target.write(encrypted, 0, length);
    }

    @Override
    public void flush() throws IOException {
        target.flush();
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (target) {
            writeSegment(true);
        }
    }
}

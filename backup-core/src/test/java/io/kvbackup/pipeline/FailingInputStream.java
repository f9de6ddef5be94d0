package io.kvbackup.pipeline;

import java.io.IOException;
import java.io.InputStream;

/** Delivers some bytes, then fails, and goes on failing. */
public final class FailingInputStream extends InputStream {
    private final byte[] bytes;
    private final int failAt;
    private final IOException failure;
    private int position;

    public FailingInputStream(byte[] bytes, int failAt, IOException failure) {
        this.bytes = bytes;
        this.failAt = failAt;
        this.failure = failure;
    }

    @Override
    public int read() throws IOException {
        if (position >= failAt) {
            throw failure;
        }
        return bytes[position++] & 0xFF;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        if (position >= failAt) {
            throw failure;
        }
        int count = Math.min(length, failAt - position);
        System.arraycopy(bytes, position, to, offset, count);
        position += count;
        return count;
    }
}

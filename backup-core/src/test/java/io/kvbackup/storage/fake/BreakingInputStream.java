package io.kvbackup.storage.fake;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Delivers so many bytes, and then breaks. */
final class BreakingInputStream extends FilterInputStream {
    private final Break then;
    private long left;

    BreakingInputStream(InputStream in, long bytes, Break then) {
        super(in);
        this.left = bytes;
        this.then = then;
    }

    @FunctionalInterface
    interface Break {
        void happen() throws IOException;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length > 0 && left == 0) {
            then.happen();
        }
        int count = super.read(bytes, offset, (int) Math.min(length, left));
        left -= Math.max(0, count);
        return count;
    }
}

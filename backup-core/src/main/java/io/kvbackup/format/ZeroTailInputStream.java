package io.kvbackup.format;

import io.kvbackup.model.CorruptBackupException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Knows how many zeros were read last: tar's end mark, which its reader does not insist on. */
final class ZeroTailInputStream extends InputStream {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int RECORD_BYTES = 512;
    private static final int END_MARK_BYTES = 2 * RECORD_BYTES;

    private final InputStream source;
    private long zeros;
    private long length;

    ZeroTailInputStream(InputStream source) {
        this.source = new BufferedInputStream(source, BUFFER_BYTES);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] to, int offset, int wanted) throws IOException {
        int count = source.read(to, offset, wanted);
        if (count <= 0) {
            return count;
        }
        int tail = 0;
        while (tail < count && to[offset + count - 1 - tail] == 0) {
            tail++;
        }
        zeros = tail == count ? zeros + tail : tail;
        length += count;
        return count;
    }

    /** Reads what is left, which may only be more zeros: other writers pad. */
    void requireEndMark() throws IOException {
        long known = zeros;
        long before = length;
        transferTo(OutputStream.nullOutputStream());
        if (zeros != known + length - before || zeros < END_MARK_BYTES || length % RECORD_BYTES != 0) {
            throw new CorruptBackupException("TAR archive: after " + length
                    + " bytes there is no proper end mark; it is cut short or has something behind its end");
        }
    }

    // The archive's stream belongs to the caller.
    @Override
    public void close() {}
}

package io.kvbackup.storage.throttle;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** A download that goes no faster than its share of a limit. */
final class ThrottledInput extends FilterInputStream {
    private static final int SKIP_BUFFER = 8 * 1024;

    private final RateShare share;

    ThrottledInput(InputStream in, RateShare share) {
        super(in);
        this.share = share;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        int allowed = share.take(length);
        int count = 0;
        try {
            count = super.read(bytes, offset, allowed);
            return count;
        } finally {
            share.giveBack(allowed - Math.max(0, count));
        }
    }

    /** Skipped bytes cross the network like any others. */
    @Override
    public long skip(long count) throws IOException {
        byte[] skipped = new byte[(int) Math.max(0, Math.min(count, SKIP_BUFFER))];
        long done = 0;
        while (done < count) {
            int read = read(skipped, 0, (int) Math.min(skipped.length, count - done));
            if (read < 0) {
                break;
            }
            done += read;
        }
        return done;
    }

    @Override
    public void close() throws IOException {
        share.end();
        super.close();
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}

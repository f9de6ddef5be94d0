package io.kvbackup.pipeline;

import io.kvbackup.model.CorruptBackupException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Refuses a source that is longer than it should be: a damaged archive of fifty bytes can decode to a mebibyte of
 * zeros. A shorter source passes. Closing closes the source. Not thread-safe.
 */
public final class LimitedInputStream extends InputStream {
    private final InputStream source;
    private final long limit;
    private final String place;
    private long remaining;

    /**
     * @param limit in bytes
     * @param place what is being read, for the message
     */
    public LimitedInputStream(InputStream source, long limit, String place) {
        if (limit < 0) {
            throw new IllegalArgumentException("negative limit " + limit);
        }
        this.source = source;
        this.limit = limit;
        this.place = place;
        this.remaining = limit;
    }

    @Override
    public int read() throws IOException {
        int b = source.read();
        if (b >= 0) {
            if (remaining == 0) {
                throw tooLong();
            }
            remaining--;
        }
        return b;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        if (remaining == 0 && length > 0) {
            return read();
        }
        int count = source.read(to, offset, (int) Math.min(length, remaining));
        remaining -= Math.max(count, 0);
        return count;
    }

    private CorruptBackupException tooLong() {
        return new CorruptBackupException(place + ": more than the expected " + limit + " bytes; it is damaged");
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}

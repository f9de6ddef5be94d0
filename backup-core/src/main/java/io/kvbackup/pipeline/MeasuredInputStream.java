package io.kvbackup.pipeline;

import java.io.IOException;
import java.io.InputStream;

/** Counts and digests what is read (skipped bytes too). Closing closes the source. Not thread-safe. */
public final class MeasuredInputStream extends InputStream {
    private final InputStream source;
    private final Measure measure = new Measure();

    public MeasuredInputStream(InputStream source) {
        this.source = source;
    }

    @Override
    public int read() throws IOException {
        int b = source.read();
        if (b >= 0) {
            measure.add(b);
        }
        return b;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        int count = source.read(to, offset, length);
        if (count > 0) {
            measure.add(to, offset, count);
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        source.close();
    }

    /** Bytes that have been read. */
    public long count() {
        return measure.count();
    }

    /** SHA-256 of the bytes that have been read so far, in lower-case hex. */
    public String sha256() {
        return measure.sha256();
    }
}

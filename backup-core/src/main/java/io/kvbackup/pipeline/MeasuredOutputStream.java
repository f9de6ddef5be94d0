package io.kvbackup.pipeline;

import java.io.IOException;
import java.io.OutputStream;

/** Counts and digests what passes. Closing does not close the target. Not thread-safe. */
public final class MeasuredOutputStream extends OutputStream {
    private final OutputStream target;
    private final Measure measure = new Measure();

    public MeasuredOutputStream(OutputStream target) {
        this.target = target;
    }

    @Override
    public void write(int b) throws IOException {
        target.write(b);
        measure.add(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        target.write(bytes, offset, length);
        measure.add(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
        target.flush();
    }

    /** Bytes that have passed. */
    public long count() {
        return measure.count();
    }

    /** SHA-256 of the bytes that have passed so far, in lower-case hex. */
    public String sha256() {
        return measure.sha256();
    }
}

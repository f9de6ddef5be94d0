package io.kvbackup.s3;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Cuts content into parts. A part is handed on when the first byte of the next one arrives; the last one stays here.
 */
final class PartStream extends OutputStream {
    /** Takes over a part that is full. */
    @FunctionalInterface
    interface Sink {
        void accept(int number, Part part) throws IOException;
    }

    private final PartPool pool;
    private final Sink sink;
    private final String object;
    private int number = 1;
    private @Nullable Part part;
    private @Nullable IOException failure;
    private boolean ended;
    private long length;

    PartStream(PartPool pool, Sink sink, String object) throws IOException {
        this.pool = pool;
        this.sink = sink;
        this.object = object;
        this.part = pool.take(1);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        if (ended) {
            throw new IOException("the upload of " + object + " has ended; write inside the ContentWriter only");
        }
        if (failure != null) {
            throw failure;
        }
        try {
            append(bytes, offset, count);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    private void append(byte[] bytes, int offset, int count) throws IOException {
        int done = 0;
        while (done < count) {
            Part open = part == null ? pool.take(number) : part;
            part = open;
            int taken = open.fill(bytes, offset + done, count - done);
            done += taken;
            length += taken;
            if (taken == 0) {
                handOn(open);
            }
        }
    }

    private void handOn(Part full) throws IOException {
        part = null;
        if (number == PartSizes.MAX_PARTS) {
            full.release();
            throw new IOException("cannot upload " + object + ": it is larger than " + length
                    + " bytes, the most that S3 can hold with this part size");
        }
        sink.accept(number++, full);
    }

    /** Ends the content, and throws again what a caller may have swallowed. */
    void end() throws IOException {
        ended = true;
        if (failure != null) {
            throw failure;
        }
    }

    /** Number of the last part, counted from 1. */
    int number() {
        return number;
    }

    /** The last part, which is now the caller's to release. */
    Part takeLast() {
        Part last = part;
        if (last == null) {
            throw new IllegalStateException("the last part of " + object + " was taken already");
        }
        part = null;
        return last;
    }

    long length() {
        return length;
    }

    /** Drops what has not been handed on. */
    void discard() {
        ended = true;
        if (part != null) {
            part.release();
            part = null;
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}

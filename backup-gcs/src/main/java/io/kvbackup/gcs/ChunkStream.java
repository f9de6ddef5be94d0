package io.kvbackup.gcs;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts content into chunks, in one array. A chunk is handed on when the first byte of the next one arrives; the last
 * one stays here. Closing does nothing; a failure that the writer swallowed is thrown again by {@link #finish}.
 */
final class ChunkStream extends OutputStream {
    /** Takes a full chunk; the array is used again afterwards. */
    @FunctionalInterface
    interface Sink {
        void accept(byte[] chunk, int length) throws IOException;
    }

    private static final int INITIAL_ARRAY = 16 * 1024;

    private final int chunkSize;
    private final Sink sink;
    private final String object;
    private byte[] chunk;
    private int length;
    private boolean finished;
    private @Nullable IOException failure;

    /** @param object as messages name it */
    ChunkStream(int chunkSize, Sink sink, String object) {
        this.chunkSize = chunkSize;
        this.sink = sink;
        this.object = object;
        this.chunk = new byte[Math.min(chunkSize, INITIAL_ARRAY)];
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        if (finished) {
            throw new IOException("the upload of " + object + " has ended; write inside the ContentWriter only");
        }
        if (failure != null) {
            throw failure;
        }
        int taken = 0;
        while (taken < count) {
            if (length == chunkSize) {
                handOn();
            }
            int some = Math.min(count - taken, chunkSize - length);
            reserve(length + some);
            System.arraycopy(bytes, from + taken, chunk, length, some);
            length += some;
            taken += some;
        }
    }

    private void handOn() throws IOException {
        try {
            sink.accept(chunk, length);
            length = 0;
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    private void reserve(int needed) {
        if (needed > chunk.length) {
            chunk = Arrays.copyOf(chunk, (int) Math.min(chunkSize, Math.max(2L * chunk.length, needed)));
        }
    }

    /** Ends the content; its last chunk is then {@link #last} with {@link #lastLength}. */
    void finish() throws IOException {
        finished = true;
        if (failure != null) {
            throw failure;
        }
    }

    /** Takes nothing more. */
    void end() {
        finished = true;
    }

    byte[] last() {
        return chunk;
    }

    int lastLength() {
        return length;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}

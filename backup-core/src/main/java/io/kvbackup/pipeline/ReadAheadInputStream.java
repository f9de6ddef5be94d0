package io.kvbackup.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Lets another thread read the source (download, digest, decompression) a few buffers ahead of its reader.
 *
 * <p>A failure of the source is thrown after what was read before it. {@link #close()} stops the task, waits until it
 * has let go of the source, and closes that. If the executor has no thread to give, the source is read on the calling
 * thread. To be used by one thread.
 */
public final class ReadAheadInputStream extends InputStream {
    private final InputStream source;
    private final Relay<Buffer> relay;
    private @Nullable Buffer current;
    private boolean ended;
    private boolean closed;

    /** Starts with buffers of {@value StreamBuffers#BYTES} bytes, {@value StreamBuffers#COUNT} of them. */
    public ReadAheadInputStream(InputStream source, Executor executor) {
        this(source, executor, StreamBuffers.COUNT, StreamBuffers.BYTES);
    }

    /**
     * @param executor runs one task until the source has ended or this stream is closed
     * @param buffers two at least
     * @param bufferBytes size of each
     */
    public ReadAheadInputStream(InputStream source, Executor executor, int buffers, int bufferBytes) {
        this.source = Objects.requireNonNull(source, "source");
        this.relay = Relay.ofBytes(buffers, bufferBytes);
        relay.start(executor, this::readAll);
    }

    private void readAll() throws IOException {
        while (relay.taskAwaitsEmpty()) {
            if (!readOne()) {
                return;
            }
        }
    }

    private boolean readOne() throws IOException {
        Buffer buffer = relay.nextEmpty();
        buffer.clear();
        boolean more = buffer.fillFrom(source);
        relay.filled();
        return more;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, to.length);
        if (closed) {
            throw new IOException("nothing can be read after close()");
        }
        while (length > 0) {
            Buffer buffer = current == null ? fullBuffer() : current;
            if (buffer == null) {
                return -1;
            }
            int count = buffer.take(to, offset, length);
            if (buffer.isEmpty()) {
                current = null;
                relay.emptied();
            }
            if (count > 0) {
                return count;
            }
        }
        return 0;
    }

    private @Nullable Buffer fullBuffer() throws IOException {
        if (!relay.awaitFull() && !ended) {
            relay.throwFailure();
            ended = relay.isDone() || !readOne();
        }
        current = relay.nextFull();
        return current;
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            relay.abandon();
            source.close();
        }
    }
}

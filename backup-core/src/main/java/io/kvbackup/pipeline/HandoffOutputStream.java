package io.kvbackup.pipeline;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Lets another thread do the work behind {@link #write}: compression, digest and upload leave the thread that scans the
 * database. Memory is bounded by the buffers, and a writer that is too fast waits.
 *
 * <p>A failure of the target is thrown by the next call that meets it. {@link #finish()} waits until the target has
 * taken everything; {@link #close()} alone abandons what is still in the buffers. After either, no task of ours touches
 * the target. If the executor has no thread to give, the work is done on the calling thread. The target is never closed
 * from here. To be used by one thread.
 */
public final class HandoffOutputStream extends OutputStream {
    private final OutputStream target;
    private final Relay<Buffer> relay;
    private @Nullable Buffer current;
    private boolean finished;
    private boolean closed;

    /** Starts with buffers of {@value StreamBuffers#BYTES} bytes, {@value StreamBuffers#COUNT} of them. */
    public HandoffOutputStream(OutputStream target, Executor executor) {
        this(target, executor, StreamBuffers.COUNT, StreamBuffers.BYTES);
    }

    /**
     * @param executor runs one task until this stream is finished or closed
     * @param buffers two at least
     * @param bufferBytes size of each
     */
    public HandoffOutputStream(OutputStream target, Executor executor, int buffers, int bufferBytes) {
        this.target = Objects.requireNonNull(target, "target");
        this.relay = Relay.ofBytes(buffers, bufferBytes);
        relay.start(executor, this::writeAll);
    }

    private void writeAll() throws IOException {
        while (relay.taskAwaitsFull()) {
            writeReady();
        }
    }

    private void writeReady() throws IOException {
        for (Buffer buffer = relay.nextFull(); buffer != null; buffer = relay.nextFull()) {
            buffer.writeTo(target);
            relay.emptied();
        }
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        requireOpen();
        for (int done = 0; done < length; ) {
            Buffer buffer = current == null ? emptyBuffer() : current;
            done += buffer.put(bytes, offset + done, length - done);
            current = buffer;
            if (buffer.isFull()) {
                handOver();
            }
        }
    }

    private Buffer emptyBuffer() throws IOException {
        if (!relay.awaitEmpty()) {
            writeHere();
        }
        relay.throwFailure();
        Buffer buffer = relay.nextEmpty();
        buffer.clear();
        return buffer;
    }

    private void handOver() {
        current = null;
        relay.filled();
    }

    private void writeHere() throws IOException {
        relay.throwFailure();
        try {
            writeReady();
        } catch (IOException | RuntimeException e) {
            closed = true;
            throw e;
        }
    }

    private void requireOpen() throws IOException {
        if (finished || closed) {
            throw new IOException("nothing can be written after finish(), close() or a failure");
        }
    }

    /** Does nothing: only {@link #finish()} makes sure of anything. */
    @Override
    public void flush() {}

    /** Waits until the target has taken every byte, and flushes it. */
    public void finish() throws IOException {
        requireOpen();
        if (current != null) {
            handOver();
        }
        relay.end();
        if (!relay.awaitDone()) {
            writeHere();
        }
        relay.throwFailure();
        target.flush();
        finished = true;
    }

    /**
     * Stops the task, interrupting it if need be. Never throws: what went wrong has been thrown, or nobody waits for
     * it.
     */
    @Override
    public void close() {
        closed = true;
        relay.abandon();
    }
}

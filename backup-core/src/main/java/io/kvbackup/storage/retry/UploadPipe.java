package io.kvbackup.storage.retry;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Carries the content of an upload from the thread that makes it to the worker that sends it, and notices when the
 * worker stands still. A few chunks are under way at a time; the caller waits for the oldest.
 */
final class UploadPipe extends OutputStream {
    private static final int CHUNK = 64 * 1024;
    private static final int UNDER_WAY = 4;
    private static final Chunk END = new Chunk(Kind.END, new byte[0], 0, new CompletableFuture<>());
    private static final Chunk ABORT = new Chunk(Kind.ABORT, new byte[0], 0, new CompletableFuture<>());

    private final String operation;
    private final StoreWorkers workers;
    private final Duration limit;
    private final BlockingQueue<Chunk> queue = new LinkedBlockingQueue<>();
    private final Deque<Chunk> underWay = new ArrayDeque<>();
    private CompletableFuture<?> worker = new CompletableFuture<>();
    private byte[] buffer = new byte[CHUNK];
    private int filled;
    private boolean waited;
    private @Nullable Throwable storeFailure;

    UploadPipe(String operation, StoreWorkers workers, Duration limit) {
        this.operation = operation;
        this.workers = workers;
        this.limit = limit;
    }

    private enum Kind {
        CONTENT,
        END,
        ABORT
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Chunk(Kind kind, byte[] bytes, int length, CompletableFuture<@Nullable Void> done) {}

    /** Says whose end means that nobody takes chunks any more. */
    void attach(CompletableFuture<?> result) {
        worker = result;
    }

    /** What made the store fail, if it did. */
    @Nullable
    Throwable storeFailure() {
        return storeFailure;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int from = offset; from < offset + length; ) {
            int count = Math.min(CHUNK - filled, offset + length - from);
            System.arraycopy(bytes, from, buffer, filled, count);
            filled += count;
            from += count;
            if (filled == CHUNK) {
                handOver();
            }
        }
    }

    private void handOver() throws IOException {
        requireNoInterrupt();
        byte[] next = underWay.size() < UNDER_WAY ? new byte[CHUNK] : awaitOldest();
        Chunk chunk = new Chunk(Kind.CONTENT, buffer, filled, new CompletableFuture<>());
        underWay.add(chunk);
        queue.add(chunk);
        buffer = next;
        filled = 0;
    }

    private byte[] awaitOldest() throws IOException {
        waited = true;
        Chunk oldest = underWay.remove();
        await(CompletableFuture.anyOf(oldest.done(), worker), limit);
        return oldest.bytes();
    }

    /** Waits for something that the worker does; its failure is remembered as one of the store. */
    private <T> T await(CompletableFuture<T> result, Duration atMost) throws IOException {
        try {
            return workers.await(operation, result, atMost);
        } catch (IOException | RuntimeException | Error e) {
            storeFailure = e;
            throw e;
        }
    }

    /**
     * Waits for the store's reply after all content. While a store puts the parts of a large object together it gives
     * no sign of life, so it gets {@code patience}; content that was in flight all at once is an ordinary request.
     */
    <T> T awaitEnd(CompletableFuture<T> result, Duration patience) throws IOException {
        return await(result, waited ? patience : limit);
    }

    private void requireNoInterrupt() throws InterruptedIOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException(operation + " was interrupted");
        }
    }

    /** All content has been written. */
    void end() throws IOException {
        handOver();
        queue.add(END);
    }

    /** The content failed: the worker's upload must too. */
    void abort() {
        queue.add(ABORT);
    }

    /** The worker's side. */
    void drainTo(OutputStream out) throws IOException {
        try {
            for (Chunk chunk = queue.take(); chunk.kind() != Kind.END; chunk = queue.take()) {
                if (chunk.kind() == Kind.ABORT) {
                    throw new IOException(
                            operation + ": broken off, since its content could not be produced; nothing was written");
                }
                out.write(chunk.bytes(), 0, chunk.length());
                chunk.done().complete(null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(operation + " was given up");
        }
    }
}

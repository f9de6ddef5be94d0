package io.kvbackup.gcs;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What an answer carries, as it arrives, with an end to waiting for it. Holds what one read of the connection brought.
 * Once it has broken off, every further read says so. Closing it early breaks the connection. Read by one thread.
 */
final class TimedBody extends InputStream implements BodySubscriber<TimedBody> {
    /** Instead of a start: the time counts from each read. */
    static final long EACH_READ = Long.MIN_VALUE;

    /** What has arrived: bytes, the end, or why there is no more. */
    private record Piece(
            List<ByteBuffer> bytes, boolean last, @Nullable Throwable failure) {}

    private final BlockingQueue<Piece> arrived = new LinkedBlockingQueue<>();
    private volatile @Nullable Subscription subscription;
    private volatile boolean closed;
    private List<ByteBuffer> current = List.of();
    private int next;
    private boolean ended;
    private @Nullable IOException failure;
    private long start = EACH_READ;
    private Duration limit = Duration.ofNanos(Long.MAX_VALUE);

    /** @param start by {@link System#nanoTime}, for all of it together; or {@link #EACH_READ} */
    void limit(long start, Duration limit) {
        this.start = start;
        this.limit = limit;
    }

    @Override
    public CompletionStage<TimedBody> getBody() {
        return CompletableFuture.completedStage(this);
    }

    @Override
    public void onSubscribe(Subscription given) {
        subscription = given;
        if (closed) {
            given.cancel();
        } else {
            given.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> bytes) {
        arrived.add(new Piece(bytes, false, null));
    }

    @Override
    public void onError(Throwable e) {
        arrived.add(new Piece(List.of(), true, e));
    }

    @Override
    public void onComplete() {
        arrived.add(new Piece(List.of(), true, null));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (next == current.size() || !current.get(next).hasRemaining()) {
            if (next < current.size()) {
                next++;
            } else if (!take()) {
                return -1;
            }
        }
        ByteBuffer buffer = current.get(next);
        int count = Math.min(length, buffer.remaining());
        buffer.get(bytes, offset, count);
        return count;
    }

    /** Waits for more; false at the end. */
    private boolean take() throws IOException {
        if (failure != null) {
            // Not the same exception: it may be added to itself as suppressed.
            throw failure instanceof SocketTimeoutException
                    ? caused(new SocketTimeoutException(failure.getMessage()), failure)
                    : new IOException(failure.getMessage(), failure);
        }
        if (ended) {
            return false;
        }
        Piece piece = await();
        if (piece.failure() != null) {
            throw brokenOff(
                    new IOException("the answer broke off: " + piece.failure().getMessage(), piece.failure()));
        }
        ended = piece.last();
        current = piece.bytes();
        next = 0;
        if (!ended) {
            Objects.requireNonNull(subscription).request(1);
        }
        return !ended;
    }

    private Piece await() throws IOException {
        long left = start == EACH_READ ? limit.toNanos() : limit.toNanos() - (System.nanoTime() - start);
        try {
            Piece piece = arrived.poll(left, TimeUnit.NANOSECONDS);
            if (piece == null) {
                throw brokenOff(new SocketTimeoutException("the answer takes longer than " + limit.toMillis() + " ms"));
            }
            return piece;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw brokenOff(caused(new InterruptedIOException("interrupted while reading an answer"), e));
        }
    }

    private IOException brokenOff(IOException e) {
        failure = e;
        close();
        return e;
    }

    private static <E extends IOException> E caused(E exception, Throwable cause) {
        exception.initCause(cause);
        return exception;
    }

    @Override
    public void close() {
        boolean early = !ended;
        ended = true;
        closed = true;
        Subscription given = subscription;
        if (early && given != null) {
            given.cancel();
        }
    }
}

package io.kvbackup.storage.retry;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads one version of an object across broken connections. It has a buffer of its own, because a read that was given
 * up may still write into the buffer that it got.
 */
final class ResumingDownload extends InputStream {
    private static final int BUFFER = 128 * 1024;

    private final StorageClient store;
    private final RetryScope scope;
    private final StorageObject version;
    private final String operation;
    private final long end;
    private @Nullable InputStream source;
    private byte[] buffer = new byte[0];
    private int next;
    private int limit;
    /** Of the first byte that is not in the buffer yet. */
    private long position;

    private boolean closed;

    ResumingDownload(StorageClient store, RetryScope scope, StorageObject version, ByteRange range) {
        this.store = store;
        this.scope = scope;
        this.version = version;
        this.operation = "download " + version.key();
        this.position = range.offset();
        this.end = range.offset() + range.lengthWithin(version.size());
    }

    /** Opens the source, so that a missing object shows at once. */
    void open(RetryScope how) throws IOException {
        source = how.run(operation, this::openSource);
    }

    private InputStream openSource() throws IOException {
        return store.download(version, ByteRange.of(position, end - position));
    }

    @Override
    public int read() throws IOException {
        return fill() ? buffer[next++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, limit - next);
        System.arraycopy(buffer, next, bytes, offset, count);
        next += count;
        return count;
    }

    @Override
    public int available() {
        return limit - next;
    }

    private boolean fill() throws IOException {
        if (closed) {
            throw new IOException(operation + ": the stream was closed before; open another one");
        }
        if (next < limit) {
            return true;
        }
        if (position >= end) {
            return false;
        }
        RetryLoop loop = scope.loop(operation + " from byte " + position);
        while (true) {
            try {
                fillOnce(loop);
                return true;
            } catch (IOException e) {
                InputStream broken = forget();
                if (broken != null) {
                    scope.workers().closeLater("close broken " + operation, broken);
                }
                loop.failed(e);
            }
        }
    }

    private void fillOnce(RetryLoop loop) throws IOException {
        if (source == null) {
            source = scope.workers().call(operation, loop.limit(), this::openSource);
        }
        if (buffer.length == 0) {
            buffer = new byte[(int) Math.min(BUFFER, end - position)];
        }
        InputStream from = source;
        byte[] to = buffer;
        int wanted = (int) Math.min(to.length, end - position);
        int count = scope.workers().call(operation, loop.limit(), () -> from.read(to, 0, wanted));
        if (count <= 0) {
            throw new EOFException(operation + " ended at byte " + position + " instead of " + end);
        }
        next = 0;
        limit = count;
        position += count;
    }

    /** Leaves the buffer to the read that may still be writing to it. */
    private @Nullable InputStream forget() {
        buffer = new byte[0];
        next = 0;
        limit = 0;
        InputStream forgotten = source;
        source = null;
        return forgotten;
    }

    @Override
    public void close() {
        closed = true;
        InputStream open = forget();
        if (open != null) {
            scope.workers().close("close " + operation, scope.policy().attemptDeadline(), open);
        }
    }
}

package io.kvbackup.s3;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Content on its way. Notices when it ends too early, and says where; closed early, it drops the connection. */
final class DownloadStream extends FilterInputStream {
    private final S3Session session;
    private final String key;
    private final ResponseInputStream<GetObjectResponse> response;
    private final long offset;
    private final long expected;
    private long count;
    private boolean closed;

    DownloadStream(S3Session session, String key, long offset, ResponseInputStream<GetObjectResponse> response) {
        super(response);
        this.session = session;
        this.key = key;
        this.offset = offset;
        this.response = response;
        Long length = response.response().contentLength();
        this.expected = length == null ? -1 : length;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        if (closed) {
            throw new IOException("the download of " + session.place().describe(key) + " is closed");
        }
        int read;
        try {
            read = super.read(bytes, from, length);
        } catch (AbortedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException(broken("was interrupted")).initCause(e);
        } catch (IOException | RuntimeException e) {
            throw new IOException(broken("broke off: " + e.getMessage()), e);
        }
        if (read > 0) {
            count += read;
        } else if (read < 0 && count < expected) {
            throw new IOException(broken("ended " + (expected - count) + " bytes too early"));
        }
        return read;
    }

    private String broken(String what) {
        return "download of " + session.place().describe(key) + " " + what + " at byte " + (offset + count)
                + "; read again from there";
    }

    @Override
    public long skip(long n) throws IOException {
        byte[] skipped = new byte[(int) Math.max(0, Math.min(n, 8_192))];
        long left = n;
        while (left > 0) {
            int read = read(skipped, 0, (int) Math.min(left, skipped.length));
            if (read < 0) {
                break;
            }
            left -= read;
        }
        return Math.max(0, n) - Math.max(0, left);
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        if (count < expected || expected < 0) {
            // Closing would read the rest of the object, to save a connection.
            response.abort();
        } else {
            response.close();
        }
    }
}

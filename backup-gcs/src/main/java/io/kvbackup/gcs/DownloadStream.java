package io.kvbackup.gcs;

import com.google.api.client.http.HttpResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Content of an object as it arrives: never ends too early, and a whole object has the checksum that the store knows.
 */
final class DownloadStream extends InputStream {
    private final GcsSession session;
    private final String key;
    private final HttpResponse response;
    private final InputStream in;
    private final long offset;
    private final long expected;
    private final @Nullable String crc32c;
    private final CRC32C seen = new CRC32C();
    private long count;
    private boolean closed;

    DownloadStream(GcsSession session, String key, long offset, boolean whole, HttpResponse response)
            throws IOException {
        this.session = session;
        this.key = key;
        this.offset = offset;
        this.response = response;
        InputStream content = response.getContent();
        this.in = content == null ? InputStream.nullInputStream() : content;
        this.expected = ContentAnswer.of(response).length();
        this.crc32c = whole ? Crc.ofHeader(response.getHeaders().getHeaderStringValues("x-goog-hash")) : null;
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
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException(broken("was interrupted"));
        }
        int read;
        try {
            read = in.read(bytes, from, length);
        } catch (IOException e) {
            throw new IOException(broken("broke off: " + e.getMessage()), e);
        }
        if (read > 0) {
            count += read;
            seen.update(bytes, from, read);
            if (expected >= 0 && count > expected) {
                throw new IOException(
                        "download of " + session.place().describe(key) + " is damaged: it goes on after the " + expected
                                + " bytes that the store announced; read it again");
            }
        } else if (read < 0) {
            requireComplete();
        }
        return read;
    }

    private void requireComplete() throws IOException {
        if (count < expected) {
            throw new IOException(broken("ended " + (expected - count) + " bytes too early"));
        }
        if (crc32c != null && !crc32c.equals(Crc.encode(seen))) {
            throw new IOException("download of " + session.place().describe(key) + " is damaged: its CRC32C is "
                    + Crc.encode(seen) + ", the store says " + crc32c + "; read it again");
        }
    }

    private String broken(String what) {
        return "download of " + session.place().describe(key) + " " + what + " at byte " + (offset + count)
                + "; read again from there";
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        if (count == expected) {
            in.close();
        } else {
            // Closing could read the rest of the object, to save a connection.
            ErrorResponses.drop(response);
        }
    }
}

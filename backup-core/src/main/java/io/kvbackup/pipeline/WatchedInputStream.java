package io.kvbackup.pipeline;

import java.io.IOException;
import java.io.InputStream;

/** Passes everything through and reports failures to a boundary. */
final class WatchedInputStream extends InputStream {
    private final InputStream source;
    private final DamageBoundary boundary;

    WatchedInputStream(InputStream source, DamageBoundary boundary) {
        this.source = source;
        this.boundary = boundary;
    }

    @Override
    public int read() throws IOException {
        try {
            return source.read();
        } catch (IOException | RuntimeException e) {
            boundary.outside(e);
            throw e;
        }
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        try {
            return source.read(to, offset, length);
        } catch (IOException | RuntimeException e) {
            boundary.outside(e);
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}

package io.kvbackup.s3;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.sync.RequestBody;

/** A part in a temporary file, because it is too large for memory. */
final class FilePart implements Part {
    private static final Logger LOG = LoggerFactory.getLogger(FilePart.class);
    private static final int BUFFER = 64 * 1024;

    private final Path file;
    private final long capacity;
    private final OutputStream out;
    private long length;

    FilePart(Path directory, long capacity) throws IOException {
        this.capacity = capacity;
        this.file = Files.createTempFile(directory, "kvbackup-", ".part");
        this.out = Files.newOutputStream(file);
    }

    @Override
    public int fill(byte[] from, int offset, int count) throws IOException {
        int taken = (int) Math.min(count, capacity - length);
        out.write(from, offset, taken);
        length += taken;
        return taken;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public RequestBody body() {
        return RequestBody.fromContentProvider(this::read, length, "application/octet-stream");
    }

    private InputStream read() {
        try {
            return new BufferedInputStream(Files.newInputStream(file), BUFFER);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read temporary file " + file, e);
        }
    }

    @Override
    public void release() {
        try {
            out.close();
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("cannot delete temporary file {}; delete it by hand", file, e);
        }
    }
}

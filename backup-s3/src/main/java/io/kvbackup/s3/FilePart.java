package io.kvbackup.s3;

import io.kvbackup.disk.PrivateFiles;
import io.kvbackup.disk.TemporaryFolder;
import java.io.BufferedInputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * A part in a temporary file, because it is too large for memory. Uses the file streams of {@code java.io}: those of
 * NIO are closed by an interrupt.
 */
final class FilePart implements Part {
    private static final Logger LOG = LoggerFactory.getLogger(FilePart.class);
    private static final int BUFFER = 64 * 1024;

    private final TemporaryFolder temporary;
    private final File file;
    private final long capacity;
    private final OutputStream out;
    private long length;
    private @Nullable InputStream reading;

    FilePart(Path directory, long capacity) throws IOException {
        this.capacity = capacity;
        this.temporary = TemporaryFolder.create(directory, "part");
        this.file = temporary.resolve("content").toFile();
        try {
            PrivateFiles.createFile(file.toPath());
            this.out = new FileOutputStream(file);
        } catch (IOException e) {
            temporary.close();
            throw e;
        }
    }

    @Override
    public int fill(byte[] from, int offset, int count) throws IOException {
        int taken = (int) Math.min(count, capacity - length);
        try {
            out.write(from, offset, taken);
        } catch (IOException e) {
            throw new IOException(
                    "cannot write temporary file " + file + " for a part of " + capacity
                            + " bytes; make room, or choose another temporary directory: " + e.getMessage(),
                    e);
        }
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

    /** Called for each attempt. The SDK leaves it to us to close the stream of the attempt before. */
    private InputStream read() {
        try {
            closeReading();
            InputStream in = new BufferedInputStream(new FileInputStream(file), BUFFER);
            reading = in;
            return in;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read temporary file " + file, e);
        }
    }

    private void closeReading() throws IOException {
        if (reading != null) {
            reading.close();
            reading = null;
        }
    }

    @Override
    public void release() {
        try {
            closeReading();
            out.close();
            temporary.close();
        } catch (IOException e) {
            LOG.warn("cannot delete temporary file {}; delete it by hand", file, e);
        }
    }
}

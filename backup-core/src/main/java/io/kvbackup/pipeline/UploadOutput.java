package io.kvbackup.pipeline;

import io.kvbackup.storage.ContentWriter;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ContentWriter} writes to. Closing does nothing; a failure that the writer swallowed is thrown again by
 * {@link #finish}, so that no truncated content is committed; after that nothing can be written any more.
 */
public final class UploadOutput extends OutputStream {
    private final OutputStream to;
    private final String key;
    private @Nullable IOException failure;
    private long count;
    private boolean finished;

    public UploadOutput(OutputStream to, String key) {
        this.to = to;
        this.key = key;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (finished) {
            throw new IOException("the upload of " + key + " has ended; write inside the ContentWriter only");
        }
        if (failure != null) {
            throw failure;
        }
        try {
            to.write(bytes, offset, length);
            count += length;
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /** Ends the content and says how many bytes it has. */
    public long finish() throws IOException {
        finished = true;
        if (failure != null) {
            throw failure;
        }
        to.flush();
        return count;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}

package io.kvbackup.pipeline;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;

/** bzip2: small and very slow. The library moves single bytes, hence the buffers. */
final class Bzip2Transform implements Transform {
    private static final int BUFFER_BYTES = 64 * 1024;

    @Override
    public OutputStream encoder(OutputStream out, TransformContext context) throws IOException {
        return new BZip2CompressorOutputStream(new BufferedOutputStream(out, BUFFER_BYTES));
    }

    @Override
    public InputStream decoder(InputStream in, TransformContext context) throws IOException {
        return new BZip2CompressorInputStream(new BufferedInputStream(in, BUFFER_BYTES), true);
    }
}

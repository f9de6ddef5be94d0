package io.kvbackup.pipeline;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;

/** Zstandard, level 1 with a content checksum: fast enough not to be the bottleneck. */
final class ZstdTransform implements Transform {
    private static final int LEVEL = 1;

    @Override
    public OutputStream encoder(OutputStream out, TransformContext context) throws IOException {
        ZstdOutputStreamNoFinalizer encoder = new ZstdOutputStreamNoFinalizer(out, LEVEL);
        // Without it a flipped bit can pass unnoticed.
        encoder.setChecksum(true);
        return encoder;
    }

    @Override
    public InputStream decoder(InputStream in, TransformContext context) throws IOException {
        // The library takes empty input for a whole stream.
        int first = in.read();
        if (first < 0) {
            throw new EOFException("empty, not even a frame header");
        }
        PushbackInputStream whole = new PushbackInputStream(in);
        whole.unread(first);
        return new ZstdInputStreamNoFinalizer(whole);
    }
}

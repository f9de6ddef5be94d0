package io.kvbackup.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZInputStream;
import org.tukaani.xz.XZOutputStream;

/** xz: smallest and slowest. */
final class XzTransform implements Transform {
    /** What files of the highest preset need (64 MiB dictionary). */
    private static final int DECODER_KIB = 66 * 1024;

    @Override
    public OutputStream encoder(OutputStream out) throws IOException {
        return new XZOutputStream(out, new LZMA2Options());
    }

    @Override
    public InputStream decoder(InputStream in) throws IOException {
        // A damaged header may ask for any amount; half of the heap is left to everything else.
        long halfOfHeap = Runtime.getRuntime().maxMemory() / 2 / 1024;
        return new XZInputStream(in, (int) Math.min(DECODER_KIB, halfOfHeap));
    }
}

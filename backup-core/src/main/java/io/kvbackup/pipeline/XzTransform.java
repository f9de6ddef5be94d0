package io.kvbackup.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZInputStream;
import org.tukaani.xz.XZOutputStream;

/**
 * xz: smallest and slowest.
 *
 * <p>Preset 2 (2 MiB dictionary) needs 16 MiB of heap to encode and little over 2 MiB to decode, so it runs in a heap
 * of 64 MiB. The library's default, preset 6, needs 93 MiB; it made 18 MB of small JSON values a fifth smaller in three
 * times the time.
 */
final class XzTransform implements Transform {
    private static final int PRESET = 2;
    /** What files of the highest preset need (64 MiB dictionary). */
    private static final int DECODER_KIB = 66 * 1024;

    @Override
    public OutputStream encoder(OutputStream out, TransformContext context) throws IOException {
        return new XZOutputStream(out, new LZMA2Options(PRESET));
    }

    @Override
    public InputStream decoder(InputStream in, TransformContext context) throws IOException {
        // A damaged header may ask for any amount; half of the heap is left to everything else.
        long halfOfHeap = Runtime.getRuntime().maxMemory() / 2 / 1024;
        return new XZInputStream(in, (int) Math.min(DECODER_KIB, halfOfHeap));
    }
}

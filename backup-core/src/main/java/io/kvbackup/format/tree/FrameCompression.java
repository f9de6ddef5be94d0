package io.kvbackup.format.tree;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.kvbackup.model.CorruptBackupException;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Zstd, level 1 with content checksum, of whole frames. Holds memory outside of the heap until it is closed. Not
 * thread-safe.
 */
final class FrameCompression implements Closeable {
    private static final int LEVEL = 1;
    /**
     * Decoded into an array of the length that is claimed; where more is claimed, the array grows with what comes out.
     */
    private static final int TRUSTED_BYTES = 1 << 20;

    private final ZstdCompressCtx compressor = new ZstdCompressCtx();
    private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();
    private byte[] compressed = {};

    FrameCompression() {
        compressor.setLevel(LEVEL).setChecksum(true);
    }

    /** Compresses into {@link #compressed}, and tells how many bytes that gave. */
    int compress(byte[] plain, int length) {
        int bound = Math.toIntExact(Zstd.compressBound(length));
        if (compressed.length < bound) {
            compressed = new byte[bound];
        }
        return compressor.compressByteArray(compressed, 0, bound, plain, 0, length);
    }

    /** The result, valid until the next one. */
    byte[] compressed() {
        return compressed;
    }

    /**
     * Compresses a large chunk in pieces.
     *
     * @param limit how long the result may be
     * @return the result, longer than that if compressing was given up as useless
     */
    static BytesOut compress(Chunk chunk, long limit) throws IOException {
        BytesOut result = new BytesOut(64 * 1024);
        OutputStream bounded = new OutputStream() {
            @Override
            public void write(int b) {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) {
                if (result.size() <= limit) {
                    result.raw(bytes, from, length);
                }
            }
        };
        try (ZstdOutputStreamNoFinalizer out = new ZstdOutputStreamNoFinalizer(bounded, LEVEL)) {
            out.setChecksum(true);
            chunk.writeTo(out);
        }
        return result;
    }

    /**
     * Decompresses what a frame stores.
     *
     * @param plainLength what its head says, which nothing has proved
     * @param source what to call the frame in messages
     */
    byte[] decompress(byte[] bytes, int from, int length, int plainLength, Object source) throws IOException {
        try {
            return plainLength <= TRUSTED_BYTES
                    ? decompressSmall(bytes, from, length, plainLength)
                    : decompressLarge(bytes, from, length, plainLength);
        } catch (ZstdException | IOException e) {
            throw new CorruptBackupException(
                    source + ": cannot be decompressed to " + plainLength + " bytes: " + e.getMessage(), e);
        }
    }

    private byte[] decompressSmall(byte[] bytes, int from, int length, int plainLength) throws IOException {
        byte[] plain = new byte[plainLength];
        int made = decompressor.decompressByteArray(plain, 0, plainLength, bytes, from, length);
        if (made != plainLength) {
            throw new IOException("there are only " + made);
        }
        return plain;
    }

    private static byte[] decompressLarge(byte[] bytes, int from, int length, int plainLength) throws IOException {
        byte[] plain = new byte[(int) Math.min(plainLength, Math.max(TRUSTED_BYTES, 64L * length))];
        try (InputStream in = new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(bytes, from, length))) {
            for (int filled = 0; filled < plainLength; ) {
                if (filled == plain.length) {
                    plain = Arrays.copyOf(plain, (int) Math.min(plainLength, 2L * filled));
                }
                int count = in.read(plain, filled, plain.length - filled);
                if (count < 0) {
                    throw new IOException("there are only " + filled);
                }
                filled += count;
            }
            if (in.read() >= 0) {
                throw new IOException("there are more");
            }
            return plain;
        }
    }

    @Override
    public void close() {
        compressor.close();
        decompressor.close();
    }
}

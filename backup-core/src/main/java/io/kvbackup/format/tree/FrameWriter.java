package io.kvbackup.format.tree;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Writes frames, whose other side is {@link FrameReader}. Not thread-safe. */
final class FrameWriter {
    private static final byte[] NONE = {};

    private final OutputStream out;
    private final @Nullable PackCipher cipher;
    private long offset;

    /** @param cipher null for a pack that is not encrypted */
    FrameWriter(OutputStream out, @Nullable PackCipher cipher) {
        this.out = out;
        this.cipher = cipher;
    }

    /** Where the next frame, or whatever comes next, begins. */
    long offset() {
        return offset;
    }

    void writeRaw(byte[] bytes) throws IOException {
        out.write(bytes);
        offset += bytes.length;
    }

    /**
     * Writes a frame.
     *
     * @param kind a compressed one; content that does not shrink by 3 % is stored raw instead
     * @param compression which has compressed the content, to so many bytes
     */
    FrameHead write(FrameKind kind, byte[] plain, int length, FrameCompression compression, int compressed)
            throws IOException {
        return kind.raw() == kind || compressed <= worthwhile(length)
                ? store(kind, length, compression.compressed(), compressed, NONE)
                : store(kind.raw(), length, plain, length, NONE);
    }

    /** Writes a frame of one large chunk, without copying it if nothing is gained. */
    FrameHead writeLarge(Chunk chunk) throws IOException {
        long limit = worthwhile(chunk.length());
        BytesOut compressed = FrameCompression.compress(chunk, limit);
        return compressed.size() <= limit
                ? store(FrameKind.CHUNKS_ZSTD, chunk.length(), compressed.array(), compressed.size(), NONE)
                : store(FrameKind.CHUNKS_RAW, chunk.length(), chunk.head(), chunk.head().length, chunk.tail());
    }

    private static long worthwhile(int length) {
        return length - length * 3L / 100;
    }

    private FrameHead store(FrameKind kind, int plainLength, byte[] bytes, int length, byte[] tail) throws IOException {
        long stored = (long) length + tail.length + (cipher == null ? 0 : PackCipher.TAG_BYTES);
        if (stored > Integer.MAX_VALUE - FrameHead.BYTES - 16) {
            throw new IOException("an entry of " + plainLength
                    + " bytes does not fit into a frame; back the database up" + " with kind FULL");
        }
        FrameHead head;
        if (cipher == null) {
            head = new FrameHead(kind, plainLength, (int) stored, FrameHead.crc(bytes, 0, length, tail));
            out.write(head.encode());
            out.write(bytes, 0, length);
            out.write(tail);
        } else {
            byte[] authenticated = new FrameHead(kind, plainLength, (int) stored, 0).authenticated();
            byte[] encrypted = cipher.encrypt(offset, authenticated, bytes, length, tail);
            head = new FrameHead(kind, plainLength, (int) stored, FrameHead.crc(encrypted, 0, encrypted.length, NONE));
            out.write(head.encode());
            out.write(encrypted);
        }
        offset += head.frameLength();
        return head;
    }
}

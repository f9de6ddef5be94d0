package io.kvbackup.format.tree;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames, whose other side is {@link FrameReader}. Not thread-safe; {@code close()} frees memory and writes
 * nothing.
 */
public final class FrameWriter implements Closeable {
    private static final byte[] NONE = {};

    private final OutputStream out;
    private final @Nullable FrameCipher cipher;
    private final FrameCompression compression = new FrameCompression();
    private long offset;

    /**
     * @param cipher null for an object that is not encrypted
     * @param offset where the first frame, or whatever is written first, begins in the object
     */
    public FrameWriter(OutputStream out, @Nullable FrameCipher cipher, long offset) {
        this.out = out;
        this.cipher = cipher;
        this.offset = offset;
    }

    /** Where the next frame, or whatever comes next, begins. */
    public long offset() {
        return offset;
    }

    public void writeRaw(byte[] bytes) throws IOException {
        out.write(bytes);
        offset += bytes.length;
    }

    /**
     * Writes a frame.
     *
     * @param kind a compressed one; content that does not shrink by 3 % is stored raw instead
     */
    public FrameHead write(FrameKind kind, byte[] plain, int length) throws IOException {
        return write(kind, plain, length, cipher);
    }

    /** The same with another cipher. */
    public FrameHead write(FrameKind kind, byte[] plain, int length, @Nullable FrameCipher with) throws IOException {
        int compressed = compression.compress(plain, length);
        return write(kind, plain, length, compression.compressed(), compressed, with);
    }

    /** Writes a frame whose content has been compressed already, to so many bytes. */
    FrameHead write(FrameKind kind, byte[] plain, int length, byte[] compressed, int compressedLength)
            throws IOException {
        return write(kind, plain, length, compressed, compressedLength, cipher);
    }

    private FrameHead write(
            FrameKind kind,
            byte[] plain,
            int length,
            byte[] compressed,
            int compressedLength,
            @Nullable FrameCipher with)
            throws IOException {
        return kind.raw() == kind || compressedLength <= worthwhile(length)
                ? store(kind, length, compressed, compressedLength, NONE, with)
                : store(kind.raw(), length, plain, length, NONE, with);
    }

    /** Writes a frame of what another frame stores. */
    public FrameHead copy(FrameReader.Stored content) throws IOException {
        byte[] bytes = Arrays.copyOfRange(content.bytes(), content.from(), content.from() + content.length());
        return store(content.kind(), content.plainLength(), bytes, bytes.length, NONE, cipher);
    }

    /** Writes a frame of one large chunk, without copying it if nothing is gained. */
    FrameHead writeLarge(Chunk chunk) throws IOException {
        long limit = worthwhile(chunk.length());
        BytesOut compressed = FrameCompression.compress(chunk, limit);
        return compressed.size() <= limit
                ? store(FrameKind.CHUNKS_ZSTD, chunk.length(), compressed.array(), compressed.size(), NONE, cipher)
                : store(FrameKind.CHUNKS_RAW, chunk.length(), chunk.head(), chunk.head().length, chunk.tail(), cipher);
    }

    private static long worthwhile(int length) {
        return length - length * 3L / 100;
    }

    private FrameHead store(
            FrameKind kind, int plainLength, byte[] bytes, int length, byte[] tail, @Nullable FrameCipher with)
            throws IOException {
        long stored = (long) length + tail.length + (with == null ? 0 : FrameCipher.TAG_BYTES);
        if (stored > Integer.MAX_VALUE - FrameHead.BYTES - 16) {
            throw new IOException("an entry of " + plainLength
                    + " bytes does not fit into a frame; back the database up" + " with kind FULL");
        }
        FrameHead head;
        if (with == null) {
            head = new FrameHead(kind, plainLength, (int) stored, FrameHead.crc(bytes, 0, length, tail));
            out.write(head.encode());
            out.write(bytes, 0, length);
            out.write(tail);
        } else {
            byte[] authenticated = new FrameHead(kind, plainLength, (int) stored, 0).authenticated();
            byte[] encrypted = with.encrypt(offset, authenticated, bytes, length, tail);
            head = new FrameHead(kind, plainLength, (int) stored, FrameHead.crc(encrypted, 0, encrypted.length, NONE));
            out.write(head.encode());
            out.write(encrypted);
        }
        offset += head.frameLength();
        return head;
    }

    @Override
    public void close() {
        compression.close();
    }
}

package io.kvbackup.format.tree;

import io.kvbackup.model.CorruptBackupException;
import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decodes frames, of any packs: checks their head, CRC, tag and zstd checksum. Holds memory outside of the heap until
 * it is closed. Not thread-safe.
 *
 * <p>A length that is claimed and not proved takes at most a mebibyte, or 64 times what has been read.
 */
public final class FrameReader implements Closeable {
    private static final Set<FrameKind> CHUNKS = EnumSet.of(FrameKind.CHUNKS_ZSTD, FrameKind.CHUNKS_RAW);
    private static final Set<FrameKind> NODES = EnumSet.of(FrameKind.NODES_ZSTD, FrameKind.NODES_RAW);
    private static final Set<FrameKind> FOOTER = EnumSet.of(FrameKind.FOOTER_ZSTD);

    private final FrameCompression compression = new FrameCompression();

    /**
     * Decodes the frame in which a chunk or node lies.
     *
     * @param ref to the chunk or node; its place says which frame
     * @param bytes holds the frame from {@code from} on
     * @param cipher of the pack; null if it is not encrypted
     * @return what the frame holds, for {@link ChunkCursor#open} or {@link Node#decode}
     * @throws CorruptBackupException if it is damaged, another one, or holds something else
     */
    public byte[] read(Ref ref, byte[] bytes, int from, @Nullable PackCipher cipher) throws IOException {
        Place place = ref.place();
        String source = "pack " + place.pack() + ", frame at " + place.frameOffset();
        Set<FrameKind> expected = ref.isChunk() ? CHUNKS : NODES;
        return read(expected, bytes, from, place.frameLength(), place.frameOffset(), frames(cipher), source);
    }

    /**
     * Decodes a frame that a footer lists, whatever it holds.
     *
     * @param bytes holds the frame from {@code from} on
     */
    public byte[] read(PackFooter.Frame frame, PackId pack, byte[] bytes, int from, @Nullable PackCipher cipher)
            throws IOException {
        String source = "pack " + pack + ", frame at " + frame.offset();
        byte[] plain =
                read(EnumSet.of(frame.kind()), bytes, from, frame.length(), frame.offset(), frames(cipher), source);
        if (plain.length != frame.plain()) {
            throw new CorruptBackupException(
                    source + ": holds " + plain.length + " bytes, and the footer says " + frame.plain());
        }
        return plain;
    }

    /**
     * Decodes and reads the footer.
     *
     * @param bytes begins with the footer's frame
     */
    public PackFooter readFooter(PackTrailer trailer, PackId pack, byte[] bytes, @Nullable PackCipher cipher)
            throws IOException {
        String source = "footer of pack " + pack;
        byte[] plain = read(FOOTER, bytes, 0, trailer.footerLength(), trailer.footerOffset(), frames(cipher), source);
        return PackFooter.decode(plain, pack, cipher != null, trailer.footerOffset(), source);
    }

    private static @Nullable FrameCipher frames(@Nullable PackCipher cipher) {
        return cipher == null ? null : cipher.frames();
    }

    /**
     * What a frame stores, decrypted and not decompressed.
     *
     * @param plainLength what it becomes, which nothing has proved
     * @param bytes hold it
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Stored(FrameKind kind, int plainLength, byte[] bytes, int from, int length) {}

    /**
     * Decodes a frame.
     *
     * @param expected the kinds that it may be of
     * @param bytes holds it from {@code from} on
     * @param offset where it begins in its object
     * @param source what to call it in messages
     */
    public byte[] read(
            Set<FrameKind> expected,
            byte[] bytes,
            int from,
            int length,
            long offset,
            @Nullable FrameCipher cipher,
            String source)
            throws IOException {
        return content(open(expected, bytes, from, length, offset, cipher, source), source);
    }

    /** The same without decompressing it. */
    public static Stored open(
            Set<FrameKind> expected,
            byte[] bytes,
            int from,
            int length,
            long offset,
            @Nullable FrameCipher cipher,
            String source)
            throws IOException {
        if (length > bytes.length - from) {
            throw new CorruptBackupException(
                    source + ": should have " + length + " bytes, and there are " + (bytes.length - from));
        }
        BytesIn in = new BytesIn(bytes, from, length, source);
        FrameHead head = FrameHead.decode(in);
        if (head.frameLength() != length) {
            throw in.damaged("its head says " + head.frameLength() + " bytes, who refers to it " + length);
        }
        if (!expected.contains(head.kind())) {
            throw in.damaged("is of kind " + head.kind() + " and should be of " + expected);
        }
        int start = in.skip(head.storedLength(), "content");
        if (FrameHead.crc(bytes, start, head.storedLength(), new byte[0]) != head.crc()) {
            throw in.damaged("the checksum does not fit");
        }
        if (cipher == null) {
            return new Stored(head.kind(), head.plainLength(), bytes, start, head.storedLength());
        }
        byte[] decrypted = cipher.decrypt(offset, head.authenticated(), bytes, start, head.storedLength());
        return new Stored(head.kind(), head.plainLength(), decrypted, 0, decrypted.length);
    }

    /** What a frame holds, decompressed. */
    public byte[] content(Stored frame, String source) throws IOException {
        if (frame.kind().isCompressed()) {
            return compression.decompress(frame.bytes(), frame.from(), frame.length(), frame.plainLength(), source);
        }
        if (frame.length() != frame.plainLength()) {
            throw new CorruptBackupException(
                    source + ": holds " + frame.length() + " bytes, and its head says " + frame.plainLength());
        }
        return frame.length() == frame.bytes().length
                ? frame.bytes()
                : Arrays.copyOfRange(frame.bytes(), frame.from(), frame.from() + frame.length());
    }

    @Override
    public void close() {
        compression.close();
    }
}

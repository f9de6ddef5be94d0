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
        return read(expected, bytes, from, place.frameLength(), place.frameOffset(), cipher, source);
    }

    /**
     * Decodes a frame that a footer lists, whatever it holds.
     *
     * @param bytes holds the frame from {@code from} on
     */
    public byte[] read(PackFooter.Frame frame, PackId pack, byte[] bytes, int from, @Nullable PackCipher cipher)
            throws IOException {
        String source = "pack " + pack + ", frame at " + frame.offset();
        byte[] plain = read(EnumSet.of(frame.kind()), bytes, from, frame.length(), frame.offset(), cipher, source);
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
        byte[] plain = read(FOOTER, bytes, 0, trailer.footerLength(), trailer.footerOffset(), cipher, source);
        return PackFooter.decode(plain, pack, cipher != null, trailer.footerOffset(), source);
    }

    private byte[] read(
            Set<FrameKind> expected,
            byte[] bytes,
            int from,
            int length,
            long offset,
            @Nullable PackCipher cipher,
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
        if (cipher != null) {
            byte[] decrypted = cipher.decrypt(offset, head.authenticated(), bytes, start, head.storedLength());
            return content(head, decrypted, 0, decrypted.length, source);
        }
        return content(head, bytes, start, head.storedLength(), source);
    }

    private byte[] content(FrameHead head, byte[] bytes, int from, int length, String source) throws IOException {
        if (head.kind().isCompressed()) {
            return compression.decompress(bytes, from, length, head.plainLength(), source);
        }
        if (length != head.plainLength()) {
            throw new CorruptBackupException(
                    source + ": holds " + length + " bytes, and its head says " + head.plainLength());
        }
        return from == 0 && length == bytes.length ? bytes : Arrays.copyOfRange(bytes, from, from + length);
    }

    @Override
    public void close() {
        compression.close();
    }
}

package io.kvbackup.format.tree;

import io.kvbackup.model.CorruptBackupException;
import java.util.Arrays;

/**
 * What a pack ends with: 8 bytes offset of the footer's frame, 4 bytes its length, 4 bytes CRC-32C of these 12,
 * {@code KVBPEND1}.
 */
public record PackTrailer(long footerOffset, int footerLength) {
    public static final int BYTES = 24;

    private static final byte[] MAGIC = {'K', 'V', 'B', 'P', 'E', 'N', 'D', '1'};
    private static final int NUMBERS_BYTES = 12;

    byte[] encode() {
        return encode(MAGIC);
    }

    /** @param magic the last bytes, which tell what kind of object it is */
    public byte[] encode(byte[] magic) {
        BytesOut to = new BytesOut(BYTES).int64(footerOffset).int32(footerLength);
        return to.int32(FrameHead.crc(to.array(), 0, NUMBERS_BYTES, new byte[0]))
                .raw(magic)
                .toBytes();
    }

    /**
     * Reads a trailer and proves that the footer ends where it begins.
     *
     * @param end the last bytes of the pack: {@value #BYTES} or more
     * @param packBytes length of the whole pack
     * @throws CorruptBackupException if the pack was cut, or is none
     */
    public static PackTrailer decode(byte[] end, long packBytes, PackId pack) throws CorruptBackupException {
        return decode(end, packBytes, MAGIC, "trailer of pack " + pack);
    }

    /** The same of another kind of object, by its magic. */
    public static PackTrailer decode(byte[] end, long objectBytes, byte[] magic, String source)
            throws CorruptBackupException {
        if (end.length < BYTES) {
            throw new CorruptBackupException(source + ": only " + end.length + " bytes are there");
        }
        int from = end.length - BYTES;
        BytesIn in = new BytesIn(end, from, BYTES, source);
        long offset = in.int64("offset of the footer");
        int length = in.int32("length of the footer");
        boolean whole = in.int32("checksum") == FrameHead.crc(end, from, NUMBERS_BYTES, new byte[0])
                && Arrays.equals(in.take(magic.length, "magic number"), magic);
        if (!whole) {
            throw in.damaged("it should be another; was the object cut?");
        }
        if (offset < PackHeader.BYTES || length <= FrameHead.BYTES || offset != objectBytes - BYTES - length) {
            throw in.damaged("a footer at " + offset + " of " + length + " bytes in an object of " + objectBytes);
        }
        return new PackTrailer(offset, length);
    }
}

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
        BytesOut to = new BytesOut(BYTES).int64(footerOffset).int32(footerLength);
        return to.int32(FrameHead.crc(to.array(), 0, NUMBERS_BYTES, new byte[0]))
                .raw(MAGIC)
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
        String source = "trailer of pack " + pack;
        if (end.length < BYTES) {
            throw new CorruptBackupException(source + ": only " + end.length + " bytes are there");
        }
        int from = end.length - BYTES;
        BytesIn in = new BytesIn(end, from, BYTES, source);
        long offset = in.int64("offset of the footer");
        int length = in.int32("length of the footer");
        boolean whole = in.int32("checksum") == FrameHead.crc(end, from, NUMBERS_BYTES, new byte[0])
                && Arrays.equals(in.take(MAGIC.length, "magic number"), MAGIC);
        if (!whole) {
            throw in.damaged("a pack ends otherwise; was it cut?");
        }
        if (offset < PackHeader.BYTES || length <= FrameHead.BYTES || offset != packBytes - BYTES - length) {
            throw in.damaged("a footer at " + offset + " of " + length + " bytes in a pack of " + packBytes);
        }
        return new PackTrailer(offset, length);
    }
}

package io.kvbackup.format.tree;

import io.kvbackup.model.CorruptBackupException;
import java.util.zip.CRC32C;

/**
 * What a frame begins with: a byte of kind, 4 bytes plain length, 4 bytes stored length, 4 bytes CRC-32C of the stored
 * bytes.
 */
public record FrameHead(FrameKind kind, int plainLength, int storedLength, int crc) {
    public static final int BYTES = 13;
    /** The part that encryption vouches for: all but the CRC, which is of the ciphertext. */
    private static final int AUTHENTICATED_BYTES = 9;

    /** Bytes of the whole frame. */
    public int frameLength() {
        return BYTES + storedLength;
    }

    byte[] encode() {
        return put(new BytesOut(BYTES)).int32(crc).toBytes();
    }

    byte[] authenticated() {
        return put(new BytesOut(AUTHENTICATED_BYTES)).toBytes();
    }

    private BytesOut put(BytesOut to) {
        return to.int8(kind.code()).int32(plainLength).int32(storedLength);
    }

    /** @param in begins with a frame */
    public static FrameHead decode(BytesIn in) throws CorruptBackupException {
        FrameKind kind = FrameKind.read(in);
        int plain = in.int32("plain length");
        int stored = in.int32("stored length");
        if (plain < 1 || stored < 1 || stored > Integer.MAX_VALUE - BYTES) {
            throw in.damaged("a frame of " + plain + " plain and " + stored + " stored bytes");
        }
        return new FrameHead(kind, plain, stored, in.int32("checksum"));
    }

    static int crc(byte[] bytes, int from, int length, byte[] tail) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        crc.update(tail);
        return (int) crc.getValue();
    }
}

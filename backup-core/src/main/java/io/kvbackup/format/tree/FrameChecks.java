package io.kvbackup.format.tree;

import io.kvbackup.model.CorruptBackupException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32C;

/** Proves without any key that a pack is as it was written: header, checksum of each frame, trailer. */
public final class FrameChecks {
    private static final int BUFFER = 64 << 10;

    private FrameChecks() {}

    /**
     * Reads a whole pack.
     *
     * @param in the pack from its first byte on; read to its end, not closed
     * @param encrypted whether it should be
     * @throws CorruptBackupException if a byte of it is not as it was written
     */
    public static void check(InputStream in, PackId id, boolean encrypted) throws IOException {
        int header = encrypted ? PackHeader.ENCRYPTED_BYTES : PackHeader.BYTES;
        PackHeader.decode(take(in, header, id), id, encrypted);
        byte[] buffer = new byte[BUFFER];
        long length = header;
        FrameHead head;
        do {
            String source = "frame of pack " + id + " at " + length;
            head = FrameHead.decode(new BytesIn(take(in, FrameHead.BYTES, id), 0, FrameHead.BYTES, source));
            if (!head.kind().isOfPack()) {
                throw new CorruptBackupException(source + " is of kind " + head.kind() + ", which no pack has");
            }
            CRC32C crc = new CRC32C();
            for (int left = head.storedLength(); left > 0; ) {
                int count = in.read(buffer, 0, Math.min(left, buffer.length));
                if (count < 0) {
                    throw new CorruptBackupException(source + " ends after its first bytes: the pack was cut");
                }
                crc.update(buffer, 0, count);
                left -= count;
            }
            if ((int) crc.getValue() != head.crc()) {
                throw new CorruptBackupException(source + " has not the checksum that it was written with");
            }
            length += head.frameLength();
        } while (head.kind() != FrameKind.FOOTER_ZSTD);
        PackTrailer.decode(take(in, PackTrailer.BYTES, id), length + PackTrailer.BYTES, id);
        if (in.read() >= 0) {
            throw new CorruptBackupException("pack " + id + " goes on after its end");
        }
    }

    private static byte[] take(InputStream in, int count, PackId id) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new CorruptBackupException("pack " + id + " ends too early: it was cut");
        }
        return bytes;
    }
}

package io.kvbackup.database.directory;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;

/** Reads what restores and snapshots have noted in files of their own, which a disk may have damaged since. */
final class Stored {
    /** Reads something. */
    interface Reading<T> {
        T read() throws IOException;
    }

    private Stored() {}

    /** @throws IOException however reading fails; names what is read */
    static <T> T read(String what, Reading<T> reading) throws IOException {
        try {
            return reading.read();
        } catch (EOFException | RuntimeException e) {
            throw new IOException(what + " is damaged or cut short: " + e, e);
        }
    }

    /** Bytes after their number. */
    static byte[] bytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("ends after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }
}

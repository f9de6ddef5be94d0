package io.kvbackup.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A way to write databases as one stream of bytes. Stateless and safe for use by several threads. */
public interface ArchiveFormat {
    /** The last part of the file name before the transforms: {@code json}. */
    String name();

    /**
     * Starts an archive. The caller closes {@code out} itself, after {@link ArchiveWriter#finish()}.
     *
     * @param shape one bare database, or all databases with a summary
     */
    ArchiveWriter writer(OutputStream out, ArchiveShape shape) throws IOException;

    /**
     * Reads an archive of either shape to its end and pushes its content into {@code to}.
     *
     * @param fidelity whether JSON values keep their white space
     * @param room how much may have to be held at once
     * @throws io.kvbackup.model.CorruptBackupException if the bytes are not a whole archive; exceptions of {@code in}
     *     and of {@code to} pass through
     * @throws TooLargeException if there is not that room
     */
    ArchiveShape read(InputStream in, Fidelity fidelity, Room room, ArchiveVisitor to) throws IOException;

    /** The same with all the room there is. */
    default ArchiveShape read(InputStream in, Fidelity fidelity, ArchiveVisitor to) throws IOException {
        return read(in, fidelity, Room.UNLIMITED, to);
    }
}

package io.kvbackup.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.model.CorruptBackupException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/** The files of a tar stream, strictly: only plain files, sound headers, and nothing but the end mark at the end. */
final class TarEntries implements Closeable {
    private final ZeroTailInputStream source;
    private final TarArchiveInputStream tar;
    private final RoomMeter room;
    private String path = "";
    private long size;

    TarEntries(InputStream in, RoomMeter room) {
        this.room = room;
        source = new ZeroTailInputStream(in);
        tar = new TarArchiveInputStream(source, StandardCharsets.UTF_8.name());
    }

    /** The path of the next file, cut at slashes; null at the end. */
    String @Nullable [] next() throws IOException {
        TarArchiveEntry entry = tar.getNextEntry();
        if (entry == null) {
            source.requireEndMark();
            return null;
        }
        path = entry.getName();
        size = entry.getSize();
        if (!entry.isCheckSumOK() || !entry.isFile() || entry.isLink() || entry.isSymbolicLink() || entry.isSparse()) {
            throw new CorruptBackupException("TAR archive: '" + path + "' has a damaged header or is not a plain file");
        }
        return path.split("/", -1);
    }

    byte[] content() throws IOException {
        if (size > Limits.ARRAY_BYTES) {
            throw new CorruptBackupException("TAR archive: '" + path + "' claims " + size + " bytes");
        }
        // Grows with what arrives, whatever the header claims.
        byte[] content = tar.readNBytes((int) size);
        if (content.length != size) {
            throw new CorruptBackupException(
                    "TAR archive: '" + path + "' ends after " + content.length + " of " + size + " bytes");
        }
        return content;
    }

    JsonNode tree() throws IOException {
        room.requireTree(size);
        return Documents.lenient(content(), "TAR archive: file '" + path + "'");
    }

    CorruptBackupException damaged(String complaint) {
        return new CorruptBackupException("TAR archive: at '" + path + "': " + complaint);
    }

    @Override
    public void close() throws IOException {
        tar.close();
    }
}

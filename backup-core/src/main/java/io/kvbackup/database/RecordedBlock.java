package io.kvbackup.database;

import io.kvbackup.disk.PrivateFiles;
import io.kvbackup.disk.TemporaryFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Commits that follow each other, as bytes: of each its position, its time, the length of its changes, and these. In
 * memory or in a file. What is in it never changes; more may be appended while it is in memory.
 */
final class RecordedBlock {
    static final int HEAD = 2 * Long.BYTES + Integer.BYTES;
    private static final int FIRST_ROOM = 4 << 10;

    private final long before;
    private long last;
    private byte @Nullable [] bytes;
    private int size;
    private @Nullable Path file;

    RecordedBlock(long before) {
        this.before = before;
        this.last = before;
        this.bytes = new byte[FIRST_ROOM];
    }

    /** The position before its first commit. */
    long before() {
        return before;
    }

    /** The position of its last commit. */
    synchronized long last() {
        return last;
    }

    synchronized int size() {
        return size;
    }

    synchronized void append(long position, long time, RecordedChanges changes) {
        if (bytes == null) {
            throw new IllegalStateException("the block lies in a file");
        }
        int more = Math.addExact(HEAD, changes.size());
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.addExact(size, Math.max(size, more)));
        }
        ByteBuffer out = ByteBuffer.wrap(bytes, size, more);
        out.putLong(position).putLong(time).putInt(changes.size());
        changes.copyTo(out);
        size += more;
        last = position;
    }

    /** Moves the bytes into a file. */
    synchronized void spill(TemporaryFolder folder) throws IOException {
        if (bytes != null) {
            Path target = folder.resolve("changes-" + last);
            try (FileChannel out = PrivateFiles.newChannel(target)) {
                ByteBuffer from = ByteBuffer.wrap(bytes, 0, size);
                while (from.hasRemaining()) {
                    out.write(from);
                }
            }
            file = target;
            bytes = null;
        }
    }

    /** All that is in it now, to be read only. */
    ByteBuffer read() throws IOException {
        Path stored;
        synchronized (this) {
            if (bytes != null) {
                return ByteBuffer.wrap(bytes, 0, size).asReadOnlyBuffer();
            }
            stored = file;
        }
        return stored == null ? ByteBuffer.allocate(0) : ByteBuffer.wrap(Files.readAllBytes(stored));
    }

    synchronized void drop() throws IOException {
        if (file != null) {
            Files.deleteIfExists(file);
        }
    }
}

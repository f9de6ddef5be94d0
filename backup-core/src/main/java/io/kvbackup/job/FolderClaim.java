package io.kvbackup.job;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One user of a folder at a time, in this process and among processes. The system releases it when the process dies. */
final class FolderClaim implements Closeable {
    /**
     * Folders claimed by this process. Must be looked at before the lock's file is opened: to close a second channel on it would
     * release the first one's lock as well.
     */
    private static final Set<Path> CLAIMED = new HashSet<>();

    private final Path folder;
    private final FileChannel channel;

    private FolderClaim(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /** @throws IOException if somebody else has it */
    static FolderClaim take(Path folder) throws IOException {
        Path real = Files.createDirectories(folder).toRealPath();
        synchronized (CLAIMED) {
            if (!CLAIMED.add(real)) {
                throw inUse(folder, "another manager of this process", null);
            }
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(real.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw inUse(folder, "another process", null);
            }
            return new FolderClaim(real, channel);
        } catch (IOException | OverlappingFileLockException e) {
            release(real, channel);
            throw e instanceof IOException failure ? failure : inUse(folder, "this process", e);
        }
    }

    private static IOException inUse(Path folder, String whose, @Nullable Throwable cause) {
        return new IOException(
                "the job history in " + folder + " is in use by " + whose
                        + "; close that one first, or give each a folder of its own",
                cause);
    }

    private static void release(Path real, @Nullable FileChannel channel) throws IOException {
        synchronized (CLAIMED) {
            CLAIMED.remove(real);
        }
        if (channel != null) {
            channel.close();
        }
    }

    @Override
    public void close() throws IOException {
        release(folder, channel);
    }
}

package io.kvbackup.storage.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Tells temporary files of living writers from those of dead processes: a writer holds a lock on its file, and the
 * operating system releases it when the process dies.
 *
 * <p>No {@code FileClaim}, which writes into the file to see whether it is still there and then empties it: this one
 * holds an upload and, where a process died between the link to its object and the removal, is that object.
 */
final class TempLocks {
    /**
     * Random names of the files that this JVM is writing. It must not open them again: on POSIX systems a process loses
     * its lock when it closes any channel to the file.
     */
    private static final Set<String> LIVE = ConcurrentHashMap.newKeySet();

    /** For the same reason never closed: channels to files that a copy of this class in another class loader holds. */
    private static final Collection<FileChannel> KEPT = new ConcurrentLinkedQueue<>();

    private TempLocks() {}

    /** To be called before the file is created. */
    static void enter(Path file) {
        LIVE.add(name(file));
    }

    /** To be called when the file is gone. */
    static void leave(Path file) {
        LIVE.remove(name(file));
    }

    /** The lock on a file that was just created, or null if somebody has removed it as dead. */
    static @Nullable FileLock take(Path file, FileChannel channel) throws IOException {
        FileLock lock = tryLock(channel);
        return lock != null && Files.exists(file, LinkOption.NOFOLLOW_LINKS) ? lock : null;
    }

    /** Deletes a file unless it has a living writer; tells whether it did. */
    static boolean deleteIfDead(Path file) throws IOException {
        if (!LIVE.add(name(file))) {
            return false;
        }
        FileChannel channel = null;
        boolean foreign = false;
        try {
            channel = FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            FileLock lock = channel.tryLock();
            return lock != null && Files.deleteIfExists(file);
        } catch (NoSuchFileException e) {
            return false;
        } catch (OverlappingFileLockException e) {
            foreign = true;
            return false;
        } finally {
            if (foreign) {
                KEPT.add(channel);
            } else {
                if (channel != null) {
                    channel.close();
                }
                leave(file);
            }
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}

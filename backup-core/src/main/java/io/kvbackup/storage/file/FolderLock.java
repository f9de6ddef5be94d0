package io.kvbackup.storage.file;

import io.kvbackup.disk.PrivateFiles;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One writer at a time in a folder, among the threads of this JVM and among processes. The operating system releases
 * the lock of a process that dies.
 */
final class FolderLock {
    /** Shared by all clients of this JVM, since a file lock belongs to the process; few, since holders are brief. */
    private static final ReentrantLock[] LOCAL = new ReentrantLock[64];

    static {
        Arrays.setAll(LOCAL, i -> new ReentrantLock());
    }

    /** What is done while the lock is held. */
    interface Action<T> {
        T run() throws IOException;
    }

    private final Path area;

    FolderLock(Path area) {
        this.area = area;
    }

    /** The area must exist. The action must not take a lock itself. */
    <T> T run(Action<T> action) throws IOException {
        ReentrantLock local = local();
        try {
            local.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for another writer in " + area);
        }
        try (FileChannel channel = FileChannel.open(
                        area.resolve("lock"),
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                        PrivateFiles.fileLike(area));
                FileLock lock = lock(channel)) {
            assert lock.isValid();
            return action.run();
        } finally {
            local.unlock();
        }
    }

    private ReentrantLock local() throws IOException {
        // By identity rather than by name: a folder may be reached in several ways.
        Object id = Files.readAttributes(area, BasicFileAttributes.class).fileKey();
        return LOCAL[Math.floorMod(id == null ? area.toRealPath().hashCode() : id.hashCode(), LOCAL.length)];
    }

    private static FileLock lock(FileChannel channel) throws IOException {
        while (true) {
            try {
                return channel.lock();
            } catch (OverlappingFileLockException e) {
                // A second copy of this class, in another class loader, holds it.
                try {
                    TimeUnit.MILLISECONDS.sleep(2);
                } catch (InterruptedException interrupt) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException("interrupted while waiting for another writer");
                }
            }
        }
    }
}

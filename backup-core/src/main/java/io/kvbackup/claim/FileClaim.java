package io.kvbackup.claim;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A file that one user has at a time, in this process and among all processes that see each other's file locks. The operating
 * system gives the claim up when the process dies. Nobody else may open the file: on POSIX systems a process loses
 * its lock when it closes any channel to the file.
 *
 * <p>Closing gives the claim up and leaves the file. Safe for use by several threads.
 */
public final class FileClaim implements Closeable {
    /** Files that this JVM has in hand. Looked at before a file is opened, which would cost the holder its lock. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    /**
     * Channels to files that a copy of this class in another class loader holds; for the same reason they stay open as long as
     * it may, and each is used again when its file is asked for again. Changed by whoever has the file in {@link #HELD}.
     */
    private static final Map<Path, FileChannel> KEPT = new ConcurrentHashMap<>();

    private final Path file;
    private final FileChannel channel;

    private FileClaim(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Claims a file, which is created if there is none; its folder must exist.
     *
     * @return empty if somebody else has it, or has just removed it
     * @throws NoSuchFileException if there is no such folder
     */
    public static Optional<FileClaim> take(Path file) throws IOException {
        return take(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    }

    /** Claims a file if it exists; empty if it does not. */
    static Optional<FileClaim> takeExisting(Path file) throws IOException {
        try {
            return take(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static Optional<FileClaim> take(Path file, OpenOption... how) throws IOException {
        Path real = real(file);
        if (!HELD.add(real)) {
            return Optional.empty();
        }
        Optional<FileChannel> locked = Optional.empty();
        try {
            FileChannel kept = KEPT.remove(real);
            if (kept != null) {
                locked = lock(real, kept);
            }
            if (locked.isEmpty() && !KEPT.containsKey(real)) {
                locked = lock(real, FileChannel.open(real, how));
            }
            return locked.map(channel -> new FileClaim(real, channel));
        } finally {
            if (locked.isEmpty()) {
                HELD.remove(real);
            }
        }
    }

    /** The channel with its lock; empty if somebody else has that: then the channel is closed, or kept. */
    private static Optional<FileChannel> lock(Path file, FileChannel channel) throws IOException {
        boolean staysOpen = false;
        try {
            FileLock lock = channel.tryLock();
            // Whoever had the lock before may have removed the file meanwhile.
            staysOpen = lock != null && Files.exists(file, LinkOption.NOFOLLOW_LINKS);
            return staysOpen ? Optional.of(channel) : Optional.empty();
        } catch (OverlappingFileLockException e) {
            closeThoseOfRemovedFiles();
            KEPT.put(file, channel);
            staysOpen = true;
            return Optional.empty();
        } finally {
            if (!staysOpen) {
                channel.close();
            }
        }
    }

    private static void closeThoseOfRemovedFiles() throws IOException {
        for (Map.Entry<Path, FileChannel> each : Map.copyOf(KEPT).entrySet()) {
            if (Files.notExists(each.getKey(), LinkOption.NOFOLLOW_LINKS)
                    && KEPT.remove(each.getKey(), each.getValue())) {
                each.getValue().close();
            }
        }
    }

    /** However it is reached. */
    private static Path real(Path file) throws IOException {
        Path absolute = file.toAbsolutePath();
        Path folder = absolute.getParent();
        Path name = absolute.getFileName();
        if (folder == null || name == null) {
            throw new IllegalArgumentException("not a file: " + file);
        }
        return folder.toRealPath().resolve(name);
    }

    @Override
    public synchronized void close() throws IOException {
        if (channel.isOpen()) {
            try {
                channel.close();
            } finally {
                // Last: until the channel is closed, nobody may have opened another one.
                HELD.remove(file);
            }
        }
    }

    @Override
    public String toString() {
        return "FileClaim[" + file + "]";
    }
}

package io.kvbackup.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that one user has at a time, in this process and among all processes that see each other's file locks. The
 * operating system gives the claim up when the process dies. Nobody else may open the file: on POSIX systems a process
 * loses its lock when it closes any channel to the file. The file holds nothing; one that does is somebody's and is not
 * claimed.
 *
 * <p>Closing gives the claim up and leaves the file. Safe for use by several threads.
 */
public final class FileClaim implements Closeable {
    /** Files that this JVM has in hand. Looked at before a file is opened, which would cost the holder its lock. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    /**
     * Channels to files that a copy of this class in another class loader holds; for the same reason they stay open as
     * long as it may, and each is used again when its file is asked for again. Changed by whoever has the file in
     * {@link #HELD}.
     */
    private static final Map<Path, FileChannel> KEPT = new ConcurrentHashMap<>();

    private static final Logger LOG = LoggerFactory.getLogger(FileClaim.class);
    private static final Random RANDOM = new SecureRandom();
    private static final int MAX_LENGTH = 1 << 16;

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
        return take(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
    }

    /** Claims a file if it exists; empty if it does not. */
    static Optional<FileClaim> takeExisting(Path file) throws IOException {
        try {
            return take(file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
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
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    locked = lock(real, how);
                    break;
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
            return locked.map(channel -> new FileClaim(real, channel));
        } finally {
            if (locked.isEmpty()) {
                HELD.remove(real);
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Optional<FileChannel> lock(Path file, OpenOption... how) throws IOException {
        Optional<FileChannel> locked = Optional.empty();
        FileChannel kept = KEPT.remove(file);
        if (kept != null) {
            locked = lock(file, kept);
        }
        if (locked.isEmpty() && !KEPT.containsKey(file)) {
            locked = lock(file, FileChannel.open(file, Set.of(how), PrivateFiles.ofFile(file)));
        }
        return locked;
    }

    /** The channel with its lock; empty if somebody else has that: then the channel is closed, or kept. */
    private static Optional<FileChannel> lock(Path file, FileChannel channel) throws IOException {
        boolean staysOpen = false;
        try {
            FileLock lock = channel.tryLock();
            staysOpen = lock != null && isStillThere(file, channel);
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

    /**
     * Whether the path leads to the file that was locked: whoever had the lock before may have removed the file, and
     * somebody else have made another of that name. Then that one does not become longer with ours. It may not be
     * opened to look inside, and a size goes by chance only for that of a claim which is being looked at in the same
     * moment.
     */
    private static boolean isStillThere(Path file, FileChannel channel) throws IOException {
        if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        requireNothingIn(file, channel);
        int length = 1 + RANDOM.nextInt(MAX_LENGTH);
        try {
            channel.write(ByteBuffer.allocate(1), length - 1L);
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            // A full disk must not keep anybody from what frees it, or from completing what was decided.
            LOG.debug("cannot look whether {} is the file that was locked: {}", file, e.toString());
            return true;
        }
        try {
            return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                            .size()
                    == length;
        } catch (NoSuchFileException e) {
            return false;
        } finally {
            channel.truncate(0);
        }
    }

    /** A process that died while it looked has left zeros. */
    private static void requireNothingIn(Path file, FileChannel channel) throws IOException {
        ByteBuffer found = ByteBuffer.allocate((int) Math.min(MAX_LENGTH, channel.size()));
        channel.read(found, 0);
        for (byte each : found.array()) {
            if (each != 0) {
                throw new FileSystemException(
                        file.toString(),
                        null,
                        "is where this library has an empty file to lock, but holds something; move it away");
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
            throw new IllegalArgumentException("cannot lock '" + file + "': it names no file; give the path of one");
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

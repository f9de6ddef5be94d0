package io.kvbackup.database.rocksdb;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The folder of one restore, locked against other restores of this and other processes. */
final class StagingDirectory implements Closeable {
    private static final String LOCK = "LOCK";
    private static final String MARKER = "COMMIT";

    private final Path path;
    private final FileChannel lock;

    private StagingDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /** Creates the folder if there is none; empty if somebody else works in it. */
    static Optional<StagingDirectory> claim(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            Files.createDirectories(path);
            syncDirectory(path.toAbsolutePath().getParent());
        }
        FileChannel channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            // Whoever had the lock before may have removed the folder meanwhile.
            if (lock != null && Files.exists(path.resolve(LOCK))) {
                return Optional.of(new StagingDirectory(path, channel));
            }
        } catch (OverlappingFileLockException e) {
            // Held within this process.
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        channel.close();
        return Optional.empty();
    }

    Path path() {
        return path;
    }

    Path file(String name) {
        return path.resolve(name);
    }

    /** An empty folder for the files that RocksDB moves away. */
    Path newIngestFolder() throws IOException {
        Path folder = path.resolve("ingest");
        if (Files.exists(folder)) {
            deleteTree(folder);
        }
        return Files.createDirectory(folder);
    }

    /** @throws IOException if there is a marker that cannot be read */
    Optional<CommitMarker> readMarker() throws IOException {
        Path marker = path.resolve(MARKER);
        if (!Files.exists(marker)) {
            return Optional.empty();
        }
        try {
            return Optional.of(CommitMarker.decode(Files.readAllBytes(marker)));
        } catch (IOException | RuntimeException e) {
            throw new IOException(
                    "a restore was decided, but its marker " + marker
                            + " cannot be read; to give the restore up, remove " + path + " and restore again",
                    e);
        }
    }

    /** Puts a marker in force, in place of one that was there before. */
    void writeMarker(CommitMarker marker, CommitSteps steps) throws IOException {
        syncDirectory(path);
        Path temp = path.resolve(MARKER + ".tmp");
        Files.write(temp, marker.encode());
        sync(temp);
        steps.reached("marker written");
        Files.move(temp, path.resolve(MARKER), StandardCopyOption.ATOMIC_MOVE);
        syncDirectory(path);
        steps.reached("marker in force");
    }

    void removeMarker() throws IOException {
        Files.deleteIfExists(path.resolve(MARKER));
        syncDirectory(path);
    }

    /** Removes everything but the lock. */
    void clear() throws IOException {
        try (var children = Files.newDirectoryStream(path)) {
            for (Path child : children) {
                if (!child.endsWith(LOCK)) {
                    deleteTree(child);
                }
            }
        }
    }

    /** Removes the folder and lets go of it. */
    void remove() throws IOException {
        try (lock) {
            clear();
            deleteTree(path);
        }
    }

    /** Lets go of the folder and leaves it. */
    @Override
    public void close() throws IOException {
        lock.close();
    }

    static void sync(Path file) throws IOException {
        force(file, StandardOpenOption.WRITE);
    }

    static void syncDirectory(@Nullable Path directory) throws IOException {
        if (directory != null) {
            try {
                force(directory, StandardOpenOption.READ);
            } catch (AccessDeniedException e) {
                // Windows cannot open directories and keeps their entries durable by itself.
            }
        }
    }

    /** An interrupt must not leave it open whether a marker is durable: it takes effect afterwards. */
    private static void force(Path path, StandardOpenOption mode) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try (FileChannel channel = FileChannel.open(path, mode)) {
                    channel.force(true);
                    return;
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void deleteTree(Path root) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}

package io.kvbackup.database.rocksdb;

import io.kvbackup.claim.FileClaim;
import io.kvbackup.claim.FolderTree;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The folder of one restore, locked against other restores of this and other processes. */
final class StagingDirectory implements Closeable {
    private static final String LOCK = "LOCK";
    private static final String MARKER = "COMMIT";

    private final Path path;
    private final FileClaim claim;

    private StagingDirectory(Path path, FileClaim claim) {
        this.path = path;
        this.claim = claim;
    }

    /** Creates the folder if there is none; empty if somebody else works in it. */
    static Optional<StagingDirectory> claim(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            Files.createDirectories(path);
            syncDirectory(path.toAbsolutePath().getParent());
        }
        return FileClaim.take(path.resolve(LOCK)).map(claim -> new StagingDirectory(path, claim));
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
        FolderTree.delete(folder);
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
        FolderTree.deleteContent(path, LOCK);
    }

    /** Removes the folder and lets go of it. */
    void remove() throws IOException {
        try (claim) {
            clear();
            FolderTree.delete(path);
        }
    }

    /** Lets go of the folder and leaves it. */
    @Override
    public void close() throws IOException {
        claim.close();
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
}

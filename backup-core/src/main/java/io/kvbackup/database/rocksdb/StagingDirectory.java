package io.kvbackup.database.rocksdb;

import io.kvbackup.claim.DiskSync;
import io.kvbackup.claim.FileClaim;
import io.kvbackup.claim.FolderTree;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

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
            DiskSync.folder(path.toAbsolutePath().getParent());
        }
        return FileClaim.take(path.resolve(LOCK)).map(claim -> new StagingDirectory(path, claim));
    }

    /** The RocksDB of which a restore was decided in a folder; empty if none was, or nothing can be made of its marker. */
    static Optional<String> decidedFor(Path path) {
        try {
            return Optional.of(CommitMarker.decode(Files.readAllBytes(path.resolve(MARKER)))
                    .identity());
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
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
        DiskSync.folder(path);
        Path temp = path.resolve(MARKER + ".tmp");
        Files.write(temp, marker.encode());
        DiskSync.file(temp, StandardOpenOption.WRITE);
        steps.reached("marker written");
        Files.move(temp, path.resolve(MARKER), StandardCopyOption.ATOMIC_MOVE);
        DiskSync.folder(path);
        steps.reached("marker in force");
    }

    void removeMarker() throws IOException {
        Files.deleteIfExists(path.resolve(MARKER));
        DiskSync.folder(path);
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
}

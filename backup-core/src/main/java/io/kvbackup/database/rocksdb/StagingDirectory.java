package io.kvbackup.database.rocksdb;

import io.kvbackup.disk.DiskSync;
import io.kvbackup.disk.OwnedFolder;
import io.kvbackup.disk.PrivateFiles;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** The folder of one restore, locked against other restores of this and other processes. */
final class StagingDirectory implements Closeable {
    private static final String MARKER = "COMMIT";

    private final OwnedFolder folder;
    private Path ingest;

    private StagingDirectory(OwnedFolder folder) {
        this.folder = folder;
        this.ingest = folder.resolve("ingest");
    }

    /** Creates the folder if there is none; empty if somebody else works in it. */
    static Optional<StagingDirectory> claim(Path path, String database) throws IOException {
        return OwnedFolder.claim(path, database).map(StagingDirectory::new);
    }

    /** What a crash has left; empty if that is nothing, or somebody works in it. */
    static Optional<StagingDirectory> takeOver(Path path) throws IOException {
        return OwnedFolder.takeOver(path).map(StagingDirectory::new);
    }

    /**
     * The RocksDB of which a restore was decided in a folder; empty if none was, or nothing can be made of its marker.
     */
    static Optional<String> decidedFor(Path path) {
        try {
            return Optional.of(CommitMarker.decode(Files.readAllBytes(path.resolve(MARKER)))
                    .identity());
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    Path path() {
        return folder.path();
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    /** An empty folder for the files that RocksDB moves away. */
    Path newIngestFolder() throws IOException {
        folder.remove("ingest");
        ingest = Files.exists(file("ingest"))
                ? Files.createTempDirectory(path(), "ingest") // an earlier version's, which stays
                : PrivateFiles.createFolder(file("ingest"));
        return ingest;
    }

    /** In the folder for what RocksDB moves away. */
    Path toIngest(Path file) {
        return ingest.resolve(file.getFileName());
    }

    /** @throws IOException if there is a marker that cannot be read */
    Optional<CommitMarker> readMarker() throws IOException {
        Path marker = file(MARKER);
        if (!Files.exists(marker)) {
            return Optional.empty();
        }
        try {
            return Optional.of(CommitMarker.decode(Files.readAllBytes(marker)));
        } catch (IOException | RuntimeException e) {
            throw new IOException(
                    "a restore was decided, but its marker " + marker
                            + " cannot be read; to give the restore up, remove " + path() + " and restore again",
                    e);
        }
    }

    /** Puts a marker in force, in place of one that was there before. */
    void writeMarker(CommitMarker marker, CommitSteps steps) throws IOException {
        DiskSync.folder(path());
        Path temp = file(MARKER + ".tmp");
        Files.deleteIfExists(temp);
        PrivateFiles.copy(new ByteArrayInputStream(marker.encode()), temp);
        DiskSync.file(temp, StandardOpenOption.WRITE);
        steps.reached("marker written");
        Files.move(temp, file(MARKER), StandardCopyOption.ATOMIC_MOVE);
        DiskSync.folder(path());
        steps.reached("marker in force");
    }

    void removeMarker() throws IOException {
        Files.deleteIfExists(file(MARKER));
        DiskSync.folder(path());
    }

    /** Removes all that is staged. */
    void clear() throws IOException {
        folder.clear();
    }

    /** Removes the folder and lets go of it. */
    void remove() throws IOException {
        folder.remove();
    }

    /** Lets go of the folder and leaves it. */
    @Override
    public void close() throws IOException {
        folder.close();
    }
}

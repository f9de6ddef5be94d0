package io.kvbackup.claim;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A folder for what lives no longer than a piece of work, {@code kvbackup-<kind>-<random>}. Only the user of the process may enter it,
 * where the file system can do that. Closing removes it with all that is in it.
 *
 * <p>A process that is killed leaves its folders behind. They are removed when the next folder of their kind is made beside
 * them: a living process holds a {@link FileClaim} on the file {@code lock} in each of its own, so nothing is removed that
 * anybody uses, in this process or another, and none that belongs to another user. Machines that share
 * the parent folder must see each other's file locks.
 *
 * <p>Safe for use by several threads.
 */
public final class TemporaryFolder implements Closeable {
    static final String LOCK = "lock";

    /** Somebody who looks for dead folders takes a new one for dead if it comes between its creation and the claim. */
    private static final int TRIES = 10;

    private final Path path;
    private final FileClaim claim;

    TemporaryFolder(Path path, FileClaim claim) {
        this.path = path;
        this.claim = claim;
    }

    /**
     * Makes a folder, and removes those of its kind that dead processes have left beside it.
     *
     * @param kind lower-case letters; what it is for
     */
    public static TemporaryFolder create(Path parent, String kind) throws IOException {
        String prefix = "kvbackup-" + kind + "-";
        for (int tried = 0; tried < TRIES; tried++) {
            Path path = Files.createTempDirectory(parent, prefix);
            Optional<FileClaim> claim = claim(path);
            if (claim.isPresent()) {
                new DeadFolders(parent, prefix).removeBeside(path);
                return new TemporaryFolder(path, claim.get());
            }
        }
        throw new IOException("new folders in " + parent + " vanish; is somebody tidying up there?");
    }

    /** In the folder that Java has for temporary files, {@code java.io.tmpdir}. */
    public static TemporaryFolder create(String kind) throws IOException {
        return create(Path.of(System.getProperty("java.io.tmpdir")), kind);
    }

    private static Optional<FileClaim> claim(Path path) throws IOException {
        try {
            return FileClaim.take(path.resolve(LOCK));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | RuntimeException | Error e) {
            try {
                FolderTree.delete(path);
            } catch (IOException more) {
                e.addSuppressed(more);
            }
            throw e;
        }
    }

    /** A file or folder in it, which does not exist until somebody makes it; any name but {@code lock}. */
    public Path resolve(String name) {
        if (name.equals(LOCK)) {
            throw new IllegalArgumentException("'" + LOCK + "' in " + path + " is the claim's own file");
        }
        return path.resolve(name);
    }

    @Override
    public void close() throws IOException {
        try (claim) {
            FolderTree.deleteContent(path, LOCK);
        }
        // Whoever takes it for dead now does the same.
        Files.deleteIfExists(path.resolve(LOCK));
        Files.deleteIfExists(path);
    }

    @Override
    public String toString() {
        return path.toString();
    }
}

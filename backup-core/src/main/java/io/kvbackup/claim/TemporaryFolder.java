package io.kvbackup.claim;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder for what lives no longer than a piece of work, {@code kvbackup-<kind>-<random>}. Only the user of the process may enter it,
 * where the file system can do that. Closing removes it with all that is in it.
 *
 * <p>A process that is killed leaves its folders behind. They are removed when the next folder of their kind is made beside
 * them: a living process holds a {@link FileClaim} on the file {@code lock} in each of its own, so nothing is removed that
 * anybody uses, in this process or another, and none that belongs to another user. Machines that share
 * the parent folder must see each other's file locks. On a file system without locks nothing is claimed and nothing removed.
 *
 * <p>Safe for use by several threads.
 */
public final class TemporaryFolder implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(TemporaryFolder.class);

    static final String LOCK = "lock";

    /** Somebody who looks for dead folders takes a new one for dead if it comes between its creation and the claim. */
    private static final int TRIES = 10;

    private final Path path;
    private final @Nullable FileClaim claim;

    /** @param claim null if there are no claims there */
    TemporaryFolder(Path path, @Nullable FileClaim claim) {
        this.path = path;
        this.claim = claim;
    }

    /**
     * Makes a folder, and removes those of its kind that dead processes have left beside it.
     *
     * @param kind lower-case letters; what it is for
     */
    public static TemporaryFolder create(Path parent, String kind) throws IOException {
        return create(parent, kind, FileClaim::take);
    }

    /** How files are claimed there. */
    @FunctionalInterface
    interface Claims {
        Optional<FileClaim> take(Path file) throws IOException;
    }

    static TemporaryFolder create(Path parent, String kind, Claims claims) throws IOException {
        String prefix = "kvbackup-" + kind + "-";
        for (int tried = 0; tried < TRIES; tried++) {
            Path path = Files.createTempDirectory(parent, prefix);
            try {
                Optional<FileClaim> claim = claims.take(path.resolve(LOCK));
                if (claim.isPresent()) {
                    new DeadFolders(parent, prefix).removeBeside(path);
                    return new TemporaryFolder(path, claim.get());
                }
            } catch (NoSuchFileException e) {
                // Somebody took it for dead.
            } catch (IOException e) {
                return unclaimed(path, e);
            }
        }
        throw new IOException("new folders in " + parent + " vanish; is somebody tidying up there?");
    }

    /** In the folder that Java has for temporary files, {@code java.io.tmpdir}. */
    public static TemporaryFolder create(String kind) throws IOException {
        return create(Path.of(System.getProperty("java.io.tmpdir")), kind);
    }

    /** Nobody can claim the lock's file there; should somebody be able to later, it must not be found. */
    private static TemporaryFolder unclaimed(Path path, IOException why) throws IOException {
        LOG.info(
                "cannot lock files in {}, so what processes leave there when they are killed is not removed: {}",
                path.getParent(),
                why.toString());
        Files.deleteIfExists(path.resolve(LOCK));
        return new TemporaryFolder(path, null);
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

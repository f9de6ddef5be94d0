package io.kvbackup.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder for what lives no longer than a piece of work, {@code kvbackup-<kind>-<random>}. Only the user of the
 * process may enter it, where the file system can do that. Closing removes it with all that is in it.
 *
 * <p>A process that is killed leaves its folders behind. They are removed when the next folder of their kind is made
 * beside them: a living process holds a {@link FileClaim} on the file {@code lock} in each of its own, so nothing is
 * removed that anybody uses, in this process or another, and none that belongs to another user or has no mark of this
 * library. Machines that share the parent folder must see each other's file locks. On a file system without locks
 * nothing is claimed and nothing removed.
 *
 * <p>Safe for use by several threads.
 */
public final class TemporaryFolder implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(TemporaryFolder.class);

    static final String LOCK = "lock";

    /** Somebody who looks for dead folders takes a new one for dead if it comes between its creation and the claim. */
    private static final int TRIES = 10;

    /** Folders that this JVM is about to claim, which nobody in it takes for dead. */
    private static final Set<Path> BEGUN = ConcurrentHashMap.newKeySet();

    private static final Random RANDOM = new SecureRandom();

    private final OwnedFolder folder;

    private TemporaryFolder(OwnedFolder folder) {
        this.folder = folder;
    }

    /**
     * Makes a folder, and removes those of its kind that dead processes have left beside it.
     *
     * @param kind lower-case letters; what it is for
     * @throws FileSystemException if the parent is missing or takes no folders; says what to do
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
            Path path = parent.resolve(prefix + Long.toUnsignedString(RANDOM.nextLong()));
            BEGUN.add(path);
            try {
                Optional<TemporaryFolder> folder = make(path, kind, claims);
                if (folder.isPresent()) {
                    if (folder.get().folder.isClaimed()) {
                        new DeadFolders(parent, prefix).removeBeside(path);
                    }
                    return folder.get();
                }
            } finally {
                BEGUN.remove(path);
            }
        }
        throw new IOException("new folders in " + parent + " vanish; is somebody tidying up there?");
    }

    /** Whether this JVM is about to claim it. */
    static boolean isBegun(Path path) {
        return BEGUN.contains(path);
    }

    /** Empty if somebody took it for dead. */
    private static Optional<TemporaryFolder> make(Path path, String kind, Claims claims) throws IOException {
        create(path);
        if (!isMarked(path, kind)) {
            return Optional.empty();
        }
        try {
            Optional<FileClaim> claim = claims.take(path.resolve(LOCK));
            if (claim.isPresent() && OwnedFolder.isStillMarked(path, LOCK, claim.get())) {
                return Optional.of(new TemporaryFolder(new OwnedFolder(path, LOCK, claim.get(), true)));
            }
            Remains.remove(path, LOCK);
            return Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(unclaimed(path, e));
        }
    }

    /** False if somebody took it for dead. */
    private static boolean isMarked(Path path, String kind) throws IOException {
        try {
            OwnerMark.write(path, kind);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            Remains.remove(path, LOCK);
            throw e;
        }
    }

    private static void create(Path path) throws IOException {
        try {
            PrivateFiles.createFolder(path);
        } catch (IOException e) {
            Path parent = path.toAbsolutePath().getParent();
            boolean isFolder = parent != null && Files.isDirectory(parent);
            boolean isJavas = parent != null && parent.equals(ofJava().toAbsolutePath());
            FileSystemException unusable = new FileSystemException(
                    String.valueOf(parent),
                    null,
                    "no temporary files can be put there: " + (isFolder ? e.toString() : "there is no such folder")
                            + "; make it, and let this process write to it"
                            + (isJavas ? ", or start Java with -Djava.io.tmpdir=<another folder>" : ""));
            unusable.initCause(e);
            throw unusable;
        }
    }

    /** In the folder that Java has for temporary files, {@code java.io.tmpdir}. */
    public static TemporaryFolder create(String kind) throws IOException {
        return create(ofJava(), kind);
    }

    private static Path ofJava() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    /** Nobody can claim the lock's file there; should somebody be able to later, it must not be found. */
    private static TemporaryFolder unclaimed(Path path, IOException why) throws IOException {
        LOG.info(
                "cannot lock files in {}, so what processes leave there when they are killed is not removed: {}",
                path.getParent(),
                why.toString());
        Files.deleteIfExists(path.resolve(LOCK));
        return new TemporaryFolder(new OwnedFolder(path, LOCK, null, true));
    }

    /** A file or folder in it, which does not exist until somebody makes it; no name of the claim's own files. */
    public Path resolve(String name) {
        return folder.resolve(name);
    }

    /** Whoever takes it for dead meanwhile does the same. */
    @Override
    public void close() throws IOException {
        folder.remove();
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}

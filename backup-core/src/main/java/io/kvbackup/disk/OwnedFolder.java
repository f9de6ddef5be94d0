package io.kvbackup.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder that this library made for its own work, at a place that others can guess. It has a file
 * {@code kvbackup.owner} that says so, and one on which whoever works in it holds a {@link FileClaim}. Only what has
 * the first is ever emptied or removed; a folder without it is somebody's, and stays as it is. Only the user of the
 * process may enter it.
 *
 * <p>Closing gives the claim up and leaves the folder. Safe for use by several threads.
 */
public final class OwnedFolder implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(OwnedFolder.class);
    private static final String LOCK = "LOCK";

    /** Somebody who finds a folder between its creation and its mark takes it for the remains of a crash. */
    private static final int TRIES = 10;

    private static final Set<Path> TOLD = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final String lock;
    private final @Nullable FileClaim claim;
    private final boolean ours;

    /** @param claim null if there are no claims there */
    OwnedFolder(Path path, String lock, @Nullable FileClaim claim, boolean ours) {
        this.path = path;
        this.lock = lock;
        this.claim = claim;
        this.ours = ours;
    }

    /**
     * Makes the folder and what it lies in, or takes over the one that a dead process has left, with all that is in it.
     *
     * @param owner whose it is, for whoever looks at it: the name of a database
     * @return empty if somebody else works in it
     * @throws FileAlreadyExistsException if there is something that this library did not make; says what to do
     */
    public static synchronized Optional<OwnedFolder> claim(Path path, String owner) throws IOException {
        if (path.getParent() != null) {
            Files.createDirectories(path.getParent());
        }
        for (int tried = 0; tried < TRIES; tried++) {
            try {
                if (!OwnerMark.isIn(path) && !make(path, owner)) {
                    return Optional.empty();
                }
                Optional<FileClaim> claim = FileClaim.take(path.resolve(LOCK));
                if (claim.isEmpty() || isStillMarked(path, LOCK, claim.get())) {
                    return claim.map(held -> new OwnedFolder(path, LOCK, held, true));
                }
            } catch (NoSuchFileException e) {
                // Somebody took it for the remains of a crash, or has just removed his own.
            }
        }
        throw new IOException(path + " vanishes whenever it is made; is somebody tidying up there?");
    }

    /** If not, the claim is given up: somebody took the folder for the remains of a crash before it was claimed. */
    static boolean isStillMarked(Path path, String lock, FileClaim claim) throws IOException {
        if (OwnerMark.isIn(path)) {
            return true;
        }
        try (claim) {
            Files.deleteIfExists(path.resolve(lock));
        }
        return false;
    }

    /** False if somebody is removing the folder that is there. */
    private static boolean make(Path path, String owner) throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            Remains remains = Remains.remove(path, LOCK);
            if (remains == Remains.SOMEBODYS) {
                requireMark(path, owner);
            }
            if (remains != Remains.GONE) {
                return remains != Remains.BUSY;
            }
        }
        try {
            PrivateFiles.createFolder(path);
        } catch (FileAlreadyExistsException e) {
            throw new NoSuchFileException(path.toString(), null, "somebody else makes it at the same moment");
        }
        OwnerMark.write(path, owner);
        DiskSync.folder(path.toAbsolutePath().getParent());
        return true;
    }

    private static void requireMark(Path path, String owner) throws IOException {
        if (!OwnerMark.isIn(path)) {
            throw new FileAlreadyExistsException(path.toString(), null, inTheWay(owner));
        }
    }

    private static String inTheWay(String owner) {
        return "is in the way of restores of database '" + owner
                + "', which work in a folder of that name; this library did not"
                + " make it (it has no file " + OwnerMark.NAME
                + "; earlier versions wrote none), so it stays as it is. Move it"
                + " elsewhere, or delete it if nobody needs it, and restore again";
    }

    /**
     * Takes over what a dead process has left, to complete or remove it.
     *
     * <p>What earlier versions left has no mark: such a folder is handed out, so that a decided restore can be
     * completed, but is neither emptied nor removed, and gets no lock if it has none.
     *
     * @return empty if there is none, it is somebody else's, or somebody works in it
     */
    public static synchronized Optional<OwnedFolder> takeOver(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try {
            if (!OwnerMark.isIn(path)) {
                return Remains.remove(path, LOCK) == Remains.SOMEBODYS ? takeOverUnmarked(path) : Optional.empty();
            }
            Optional<FileClaim> claim = FileClaim.take(path.resolve(LOCK));
            if (claim.isPresent() && !isStillMarked(path, LOCK, claim.get())) {
                return Optional.empty();
            }
            return claim.map(held -> new OwnedFolder(path, LOCK, held, true));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static Optional<OwnedFolder> takeOverUnmarked(Path path) throws IOException {
        warn(path);
        Path lock = path.resolve(LOCK);
        if (!Files.exists(lock, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.of(new OwnedFolder(path, LOCK, null, false));
        }
        // A claim writes into the file.
        return !Files.isRegularFile(lock, LinkOption.NOFOLLOW_LINKS) || Files.size(lock) > 0
                ? Optional.empty()
                : FileClaim.takeExisting(lock).map(held -> new OwnedFolder(path, LOCK, held, false));
    }

    /** Once for each. */
    static void warn(Path path) {
        if (TOLD.add(path.toAbsolutePath())) {
            LOG.warn(
                    "{} is named like a folder of this library's own, but has no file {}: somebody else made it, or "
                            + "an earlier version did and a crash left it. It stays as it is; delete it by hand if "
                            + "nobody needs it",
                    path,
                    OwnerMark.NAME);
        }
    }

    /** A file or folder in it, which does not exist until somebody makes it. */
    public Path resolve(String name) {
        if (name.equals(lock) || name.equals(OwnerMark.NAME)) {
            throw new IllegalArgumentException("'" + name + "' in " + path + " is the claim's own file");
        }
        return path.resolve(name);
    }

    /** The folder itself. */
    public Path path() {
        return path;
    }

    /** Marks a folder that was just made, and is empty, where that is shared with others who put files into it. */
    public static void mark(Path folder, String owner, FileAttribute<?>... permissions) throws IOException {
        OwnerMark.write(folder, owner, permissions);
    }

    /** Removes a folder that has nothing but a mark, or nothing; leaves any other. */
    public static void unmark(Path folder) throws IOException {
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            Remains.removeUnclaimed(folder);
            Remains.remove(folder, LOCK);
        }
    }

    /** Whether a folder has this library's mark: it is emptied or removed one day. */
    public static boolean isMarked(Path folder) throws IOException {
        return OwnerMark.isIn(folder);
    }

    /** Whether files can be locked there. */
    boolean isClaimed() {
        return claim != null;
    }

    /** Whether it has this library's mark. */
    public boolean isOurs() {
        return ours;
    }

    /** Empties it; does nothing if it has no mark. */
    public void clear() throws IOException {
        if (ours) {
            FolderTree.deleteContent(path, Set.of(lock, OwnerMark.NAME));
        }
    }

    /** Removes a folder or file in it, with all that is in that; does nothing if there is none. */
    public void remove(String name) throws IOException {
        if (ours) {
            FolderTree.delete(resolve(name));
        }
    }

    /** Removes it with all that is in it, and gives the claim up; does not remove it if it has no mark. */
    public void remove() throws IOException {
        try (claim) {
            if (ours) {
                clear();
                // The mark goes when nothing else is left, and the lock last: whoever comes meanwhile sees that it is
                // ending.
                Files.deleteIfExists(OwnerMark.in(path));
                Files.deleteIfExists(path.resolve(lock));
                Files.deleteIfExists(path);
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (claim != null) {
            claim.close();
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}

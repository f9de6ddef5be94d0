package io.kvbackup.database.directory;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** What is staged for one folder, locked against other restores of this and other processes. */
final class Staging implements Closeable {
    private static final String LOCK = "LOCK";

    private final Path root;
    private final Path path;
    private final FileChannel lock;
    private final CommitSteps steps;

    private Staging(Path root, Path path, FileChannel lock, CommitSteps steps) {
        this.root = root;
        this.path = path;
        this.lock = lock;
        this.steps = steps;
    }

    static Path pathFor(Path root) {
        return root.resolveSibling(root.getFileName() + ".kvbackup");
    }

    /** Empty if somebody else works there. What a crash left is completed or removed. */
    static Optional<Staging> claim(Path root, CommitSteps steps) throws IOException {
        Path path = pathFor(root);
        if (Files.isSymbolicLink(path)) {
            // What lies there would be written elsewhere, and what is there be removed.
            throw new IOException(path + " is a link, but restores of folder " + root + " work there; remove the link");
        }
        Files.createDirectories(path);
        FileChannel channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            // Whoever had the lock before may have removed the folder meanwhile.
            if (lock != null && Files.exists(path.resolve(LOCK))) {
                Staging staging = new Staging(root, path, channel, steps);
                staging.complete();
                return Optional.of(staging);
            }
        } catch (OverlappingFileLockException e) {
            // Held within this process.
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
        channel.close();
        return Optional.empty();
    }

    Path tree() {
        return path.resolve("tree");
    }

    Path entries() {
        return path.resolve("entries");
    }

    private Path old() {
        return path.resolve("old");
    }

    private Path marker() {
        return path.resolve("COMMIT");
    }

    /** Puts the tree, which is durable, into the folder's place. */
    void swapIn() throws IOException {
        Disk.syncFolder(path);
        Path temp = path.resolve("COMMIT.tmp");
        // Never through a link.
        Files.writeString(temp, "kvbackup-restore 1\n", StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        Disk.syncFile(temp);
        steps.reached("marker written");
        Files.move(temp, marker(), StandardCopyOption.ATOMIC_MOVE);
        Disk.syncFolder(path);
        steps.reached("marker in force");
        try {
            complete();
        } catch (IOException | RuntimeException e) {
            throw undo(e);
        }
    }

    private void complete() throws IOException {
        if (exists(marker())) {
            if (exists(tree())) {
                if (exists(root) && !exists(old())) {
                    Files.move(root, old(), StandardCopyOption.ATOMIC_MOVE);
                    steps.reached("old folder moved away");
                }
                Files.move(tree(), root, StandardCopyOption.ATOMIC_MOVE);
                steps.reached("new folder moved in");
            }
            Disk.syncFolder(root.getParent());
            Disk.syncFolder(path);
            Files.delete(marker());
            Disk.syncFolder(path);
            steps.reached("marker removed");
        }
        clear();
    }

    private IOException undo(Exception e) {
        String failure = "cannot swap in folder " + root + ": ";
        try {
            if (exists(marker()) && exists(tree())) {
                if (!exists(root) && exists(old())) {
                    Files.move(old(), root, StandardCopyOption.ATOMIC_MOVE);
                }
                Files.delete(marker());
                Disk.syncFolder(path);
                String hint = e instanceof FileSystemException
                        ? "; the folder must not be a mount point, and its parent must be writable"
                        : "";
                return new IOException(failure + "nothing was changed: " + e.getMessage() + hint, e);
            }
        } catch (IOException | RuntimeException more) {
            e.addSuppressed(more);
        }
        return new IOException(
                failure
                        + "the rest follows when the database is made again or the next restore begins; until then do not"
                        + " use the folder: " + e.getMessage(),
                e);
    }

    private static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** Removes everything but the lock. */
    private void clear() throws IOException {
        try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
            for (Path child : children) {
                if (!child.endsWith(LOCK)) {
                    Disk.deleteTree(child);
                }
            }
        }
    }

    /** Lets go of the folder, and removes it unless a decided restore needs it. */
    @Override
    public void close() throws IOException {
        try (lock) {
            if (!exists(marker())) {
                clear();
                Disk.deleteTree(path);
            }
        }
    }
}

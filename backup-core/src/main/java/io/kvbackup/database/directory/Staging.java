package io.kvbackup.database.directory;

import io.kvbackup.claim.DiskSync;
import io.kvbackup.claim.FileClaim;
import io.kvbackup.claim.FolderTree;
import java.io.Closeable;
import java.io.IOException;
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
    private final FileClaim claim;
    private final CommitSteps steps;

    private Staging(Path root, Path path, FileClaim claim, CommitSteps steps) {
        this.root = root;
        this.path = path;
        this.claim = claim;
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
        Optional<FileClaim> claim = FileClaim.take(path.resolve(LOCK));
        if (claim.isEmpty()) {
            return Optional.empty();
        }
        try {
            Staging staging = new Staging(root, path, claim.get(), steps);
            staging.complete();
            return Optional.of(staging);
        } catch (IOException | RuntimeException | Error e) {
            claim.get().close();
            throw e;
        }
    }

    Path tree() {
        return path.resolve("tree");
    }

    Path entries() {
        return path.resolve("entries");
    }

    /** Where there is something of the folder that stays, what else is to be moved; absent if the folder is swapped. */
    Path plan() {
        return path.resolve("plan");
    }

    private Path old() {
        return path.resolve("old");
    }

    private Path marker() {
        return path.resolve("COMMIT");
    }

    /** Puts the tree, which is durable, into the folder's place. */
    void swapIn() throws IOException {
        DiskSync.folder(path);
        Path temp = path.resolve("COMMIT.tmp");
        // Never through a link.
        Files.writeString(temp, "kvbackup-restore 1\n", StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        Disk.syncFile(temp);
        steps.reached("marker written");
        Files.move(temp, marker(), StandardCopyOption.ATOMIC_MOVE);
        DiskSync.folder(path);
        steps.reached("marker in force");
        try {
            complete();
        } catch (IOException | RuntimeException e) {
            throw undo(e);
        }
    }

    private void complete() throws IOException {
        if (exists(marker())) {
            if (exists(plan())) {
                plannedSwap().apply();
            } else if (exists(tree())) {
                if (exists(root) && !exists(old())) {
                    Files.move(root, old(), StandardCopyOption.ATOMIC_MOVE);
                    steps.reached("old folder moved away");
                }
                Files.move(tree(), root, StandardCopyOption.ATOMIC_MOVE);
                steps.reached("new folder moved in");
            }
            DiskSync.folder(root.getParent());
            DiskSync.folder(path);
            Files.delete(marker());
            DiskSync.folder(path);
            steps.reached("marker removed");
        }
        FolderTree.deleteContent(path, LOCK);
    }

    private PlannedSwap plannedSwap() throws IOException {
        Files.createDirectories(old());
        return new PlannedSwap(root, tree(), old(), SwapPlan.read(plan()), steps);
    }

    private IOException undo(Exception e) {
        String failure = "cannot swap in folder " + root + ": ";
        try {
            if (exists(marker()) && exists(tree())) {
                if (exists(plan())) {
                    plannedSwap().undo();
                } else if (!exists(root) && exists(old())) {
                    Files.move(old(), root, StandardCopyOption.ATOMIC_MOVE);
                }
                Files.delete(marker());
                DiskSync.folder(path);
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

    /** Lets go of the folder, and removes it unless a decided restore needs it. */
    @Override
    public void close() throws IOException {
        try (claim) {
            if (!exists(marker())) {
                // The lock goes last.
                FolderTree.deleteContent(path, LOCK);
                FolderTree.delete(path);
            }
        }
    }
}

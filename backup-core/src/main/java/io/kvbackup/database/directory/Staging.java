package io.kvbackup.database.directory;

import io.kvbackup.claim.DiskSync;
import io.kvbackup.claim.OwnedFolder;
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
    private static final String MAGIC = "kvbackup-restore 1\n";

    private final Path root;
    private final Path path;
    private final OwnedFolder folder;
    private final CommitSteps steps;

    private Staging(Path root, OwnedFolder folder, CommitSteps steps) {
        this.root = root;
        this.path = folder.path();
        this.folder = folder;
        this.steps = steps;
    }

    static Path pathFor(Path root) {
        return root.resolveSibling(root.getFileName() + ".kvbackup");
    }

    /** Empty if somebody else works there. What a crash left is completed or removed. */
    static Optional<Staging> claim(Path root, String database, CommitSteps steps) throws IOException {
        refuseLink(root);
        return completed(root, OwnedFolder.claim(pathFor(root), database), steps);
    }

    /** What a crash left, completed; empty if that is nothing, or somebody works there. */
    static Optional<Staging> takeOver(Path root, CommitSteps steps) throws IOException {
        refuseLink(root);
        return completed(root, OwnedFolder.takeOver(pathFor(root)), steps);
    }

    private static void refuseLink(Path root) throws IOException {
        Path path = pathFor(root);
        if (Files.isSymbolicLink(path)) {
            // What lies there would be written elsewhere, and what is there be removed.
            throw new IOException(path + " is a link, but restores of folder " + root + " work there; remove the link");
        }
    }

    private static Optional<Staging> completed(Path root, Optional<OwnedFolder> claimed, CommitSteps steps)
            throws IOException {
        if (claimed.isEmpty()) {
            return Optional.empty();
        }
        try {
            Staging staging = new Staging(root, claimed.get(), steps);
            staging.completeLater();
            return Optional.of(staging);
        } catch (IOException | RuntimeException | Error e) {
            claimed.get().close();
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

    /** The {@link Untouched state} of the folder that is swapped; absent if an earlier version decided. */
    private Path before() {
        return path.resolve("before");
    }

    private Path marker() {
        return path.resolve("COMMIT");
    }

    /** Puts the tree, which is durable, into the folder's place. */
    void swapIn() throws IOException {
        if (!exists(plan())) {
            Files.write(before(), Untouched.stateOf(root), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            Disk.syncFile(before());
        }
        DiskSync.folder(path);
        Path temp = path.resolve("COMMIT.tmp");
        // Never through a link.
        Files.writeString(temp, MAGIC, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
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

    private void completeLater() throws IOException {
        if (exists(marker())) {
            requireDecision();
            Optional<Path> written = writtenSince();
            if (written.isPresent()) {
                throw new IOException("a decided restore of folder " + root + " was cut short, and " + written.get()
                        + " has been written since; completing the restore would erase that. Keep what you need of it, remove "
                        + path + ", and restore again; without that folder, " + root + " stays as it is");
            }
        }
        complete();
    }

    private Optional<Path> writtenSince() throws IOException {
        if (exists(plan())) {
            return plannedSwap().writtenSince();
        }
        byte[] before = exists(before()) ? Files.readAllBytes(before()) : new byte[0];
        return exists(tree()) && Untouched.isLost(root, before, exists(old())) ? Optional.of(root) : Optional.empty();
    }

    private void complete() throws IOException {
        if (exists(marker())) {
            requireDecision();
            if (exists(plan())) {
                plannedSwap().apply();
            } else if (exists(tree())) {
                if (exists(root) && !exists(old())) {
                    Files.move(root, old(), StandardCopyOption.ATOMIC_MOVE);
                    steps.reached("old folder moved away");
                }
                moveIn();
                steps.reached("new folder moved in");
            }
            DiskSync.folder(root.getParent());
            DiskSync.folder(path);
            Files.delete(marker());
            DiskSync.folder(path);
            steps.reached("marker removed");
        }
        folder.clear();
    }

    /** What its owner may not change cannot be moved elsewhere until it may be changed. */
    private void moveIn() throws IOException {
        FileEntry attributes = ExtrasReader.folder(tree());
        boolean barred = !Disk.ownerMayAll(attributes.mode());
        if (barred) {
            Disk.letOwnerIn(tree());
        }
        Files.move(tree(), root, StandardCopyOption.ATOMIC_MOVE);
        if (barred) {
            new EntryAttributes(new Losses()).set(root, attributes, true);
        }
    }

    /** In a folder of an earlier version, or of somebody else's. */
    private void requireDecision() throws IOException {
        if (!folder.isOurs() && !Files.readString(marker()).equals(MAGIC)) {
            throw new IOException(path + " has a file COMMIT that no restore of folder " + root
                    + " has written, where restores put their own; move the folder away");
        }
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
        try (folder) {
            if (!exists(marker())) {
                folder.remove();
            }
        }
    }
}

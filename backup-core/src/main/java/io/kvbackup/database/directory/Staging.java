package io.kvbackup.database.directory;

import io.kvbackup.disk.DiskSync;
import io.kvbackup.disk.OwnedFolder;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is staged for one folder, locked against other restores of this and other processes. */
final class Staging implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Staging.class);
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
            staging.putRight();
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

    /** What goes away, as long as not all of it has; the plan's alone, since a folder goes at once. */
    private Path leaving() {
        return path.resolve("leaving");
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
        Files.writeString(temp, MAGIC, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        Disk.syncFile(temp);
        steps.reached("marker written");
        Files.move(temp, marker(), StandardCopyOption.ATOMIC_MOVE);
        DiskSync.folder(path);
        steps.reached("marker in force");
        try {
            moveAway();
            steps.reached("all moved away");
            complete();
        } catch (IOException | RuntimeException e) {
            throw undo(e);
        }
    }

    /** Until this is done a crash changes nothing; from then on there is nothing left that completing could erase. */
    private void moveAway() throws IOException {
        if (exists(plan())) {
            Files.createDirectory(leaving());
            plannedSwap(leaving()).moveAway();
            Files.move(leaving(), old(), StandardCopyOption.ATOMIC_MOVE);
            DiskSync.folder(path);
        } else if (exists(root)) {
            Files.move(root, old(), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private boolean isAllAway() {
        boolean isMovedIn = !exists(plan()) && !exists(tree());
        boolean hadNothing = !exists(plan()) && !exists(root);
        return exists(old()) || isMovedIn || hadNothing;
    }

    /** After a crash. */
    private void putRight() throws IOException {
        if (!exists(marker())) {
            folder.clear();
            return;
        }
        requireDecision();
        if (isAllAway()) {
            complete();
        } else {
            bringBack();
            folder.clear();
            LOG.warn("a restore of folder {} was cut short before it was decided; the folder is as it was", root);
        }
    }

    private void complete() throws IOException {
        if (exists(plan())) {
            plannedSwap(old()).moveIn();
        } else if (exists(tree())) {
            moveIn();
            steps.reached("new folder moved in");
        }
        DiskSync.folder(root.getParent());
        removeMarker();
        steps.reached("marker removed");
        folder.clear();
    }

    private void bringBack() throws IOException {
        if (exists(plan())) {
            if (exists(old())) {
                plannedSwap(old()).takeOut();
                Files.move(old(), leaving(), StandardCopyOption.ATOMIC_MOVE);
            }
            if (exists(leaving())) {
                plannedSwap(leaving()).bringBack();
            }
        } else {
            if (!exists(tree())) {
                Disk.letOwnerIn(root);
                Files.move(root, tree(), StandardCopyOption.ATOMIC_MOVE);
            }
            if (exists(old())) {
                Files.move(old(), root, StandardCopyOption.ATOMIC_MOVE);
            }
        }
        DiskSync.folder(root.getParent());
        removeMarker();
    }

    private void removeMarker() throws IOException {
        DiskSync.folder(path);
        Files.delete(marker());
        DiskSync.folder(path);
    }

    /** @param inTheWay some of the paths */
    static IOException writtenSince(Path root, List<Path> inTheWay) {
        return new IOException("a restore of folder " + root + " was cut short, and then somebody wrote "
                + inTheWay.stream().map(Path::toString).collect(Collectors.joining(", "))
                + ", which the restore would erase; move this elsewhere and make the database again, which puts the "
                + "folder right: do not use it until then");
    }

    /** What its owner may not change cannot be moved elsewhere until it may be changed. */
    private void moveIn() throws IOException {
        if (!Disk.makeRoom(root)) {
            throw writtenSince(root, List.of(root));
        }
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

    private PlannedSwap plannedSwap(Path away) throws IOException {
        return new PlannedSwap(root, tree(), away, SwapPlan.read(plan()), steps);
    }

    private IOException undo(Exception e) {
        String failure = "cannot swap in folder " + root + ": ";
        try {
            if (exists(marker())) {
                bringBack();
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
                        + "it is put right when the database is made again or the next restore begins; until then "
                        + "do not use the folder: " + e.getMessage(),
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

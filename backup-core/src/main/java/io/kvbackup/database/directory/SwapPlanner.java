package io.kvbackup.database.directory;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the fewest moves that put a staged tree into a folder and leave alone what is excluded or not part of the
 * restore: a folder that holds nothing of the kind is moved as a whole, any other stays where it is, and what is in it
 * is looked at.
 */
final class SwapPlanner {
    private static final Logger LOG = LoggerFactory.getLogger(SwapPlanner.class);
    private static final byte[] NOTHING = {};

    private final Path root;
    private final Path tree;
    private final Part part;
    private final @Nullable Predicate<Path> excluded;
    private long skipped;

    /**
     * @param tree finished
     * @param excluded told of paths relative to the folder; null if nothing is
     */
    SwapPlanner(Path root, Path tree, Part part, @Nullable Predicate<Path> excluded) {
        this.root = root;
        this.tree = tree;
        this.part = part;
        this.excluded = excluded;
    }

    /** Whether the folder itself can be swapped; if so, there is no need for a plan. */
    boolean swapsWhole() throws IOException {
        FileState live = FileState.ofExisting(root);
        // What its owner may not change cannot be moved elsewhere either.
        boolean moves = !isBarred(live) && !isBarred(FileState.ofExisting(tree));
        return live == null || (moves && mayGo(PathKey.ROOT, live));
    }

    /** @throws IOException if something would have to go that stays; then nothing has been changed */
    void write(Path plan) throws IOException {
        try (SwapPlan.Writer to = new SwapPlan.Writer(plan)) {
            merge(PathKey.ROOT, to);
        }
        if (skipped > 0) {
            LOG.info(
                    "restore of folder {}: {} paths of the backup are excluded now; what is there stays",
                    root,
                    skipped);
        }
    }

    /** Of a folder that stays. */
    private void merge(byte[] folder, SwapPlan.Writer to) throws IOException {
        Path live = live(folder);
        Path staged = staged(folder);
        FileState coming = FileState.ofExisting(staged);
        boolean comes = coming != null && coming.type() == FileState.DIR;
        NavigableSet<byte[]> names = new TreeSet<>(Arrays::compareUnsigned);
        if (comes) {
            addNames(staged, names);
        }
        if (part.reachesInto(folder)) {
            addNames(live, names);
        }
        byte[] before = ExtrasReader.folder(live).encode();
        boolean touched = false;
        for (byte[] name : names) {
            touched |= mergeChild(PathKey.join(folder, name), to);
        }
        if (comes && part.contains(folder)) {
            write(
                    SwapPlan.Kind.ATTRIBUTES,
                    folder,
                    before,
                    ExtrasReader.folder(staged).encode(),
                    to);
        } else if (touched) {
            write(SwapPlan.Kind.ATTRIBUTES, folder, before, before, to);
        }
    }

    /** @return whether something in the folder that it is in changes */
    private boolean mergeChild(byte[] key, SwapPlan.Writer to) throws IOException {
        FileState live = FileState.ofExisting(live(key));
        FileState staged = FileState.ofExisting(staged(key));
        if (live == null) {
            return staged != null && put(key, null, staged, to);
        }
        if (isExcluded(key)) {
            skip(key, staged);
            return false;
        }
        boolean folders = live.type() == FileState.DIR && (staged == null || staged.type() == FileState.DIR);
        if (live.type() != FileState.DIR && staged == null && !part.contains(key)) {
            return false;
        }
        if (mayGo(key, live)) {
            return put(key, live, staged, to);
        }
        if (!folders) {
            throw new FileSystemException(
                    live(key).toString(),
                    null,
                    "a restore would have to replace this, but it is excluded or not part of the restore, or "
                            + "something in it is; move it away first; nothing was changed");
        }
        if (staged != null || part.reachesInto(key)) {
            merge(key, to);
        }
        return false;
    }

    private boolean put(byte[] key, @Nullable FileState live, @Nullable FileState staged, SwapPlan.Writer to)
            throws IOException {
        write(staged == null ? SwapPlan.Kind.REMOVE : SwapPlan.Kind.PUT, key, NOTHING, NOTHING, to);
        // Folders that nobody may change cannot be moved either, until they may be.
        byte[] before = isBarred(live) ? ExtrasReader.folder(live(key)).encode() : NOTHING;
        byte[] after = isBarred(staged) ? ExtrasReader.folder(staged(key)).encode() : NOTHING;
        if (before.length + after.length > 0) {
            write(SwapPlan.Kind.ATTRIBUTES, key, before, after, to);
        }
        return true;
    }

    private static boolean isBarred(@Nullable FileState state) {
        return state != null && state.type() == FileState.DIR && !Disk.ownerMayAll(state.permissions());
    }

    private static void write(SwapPlan.Kind kind, byte[] key, byte[] before, byte[] after, SwapPlan.Writer to)
            throws IOException {
        to.write(new SwapPlan.Step(kind, key, before, after));
    }

    private void skip(byte[] key, @Nullable FileState staged) throws IOException {
        if (staged != null && part.isOnePath()) {
            throw new FileSystemException(
                    live(key).toString(),
                    null,
                    "this is excluded from database and restores, and it is there; move it away first; nothing was "
                            + "changed");
        }
        skipped += staged == null ? 0 : 1;
    }

    /**
     * Whether something of the folder is part of the restore with all that is in it, and nothing of that is excluded.
     */
    private boolean mayGo(byte[] key, FileState live) throws IOException {
        if (!part.contains(key)) {
            return false;
        }
        if (live.type() != FileState.DIR || (excluded == null && part.coversAllIn(key))) {
            return true;
        }
        NavigableSet<byte[]> names = new TreeSet<>(Arrays::compareUnsigned);
        addNames(live(key), names);
        for (byte[] name : names) {
            byte[] child = PathKey.join(key, name);
            FileState state = FileState.ofExisting(live(child));
            if (state != null && (isExcluded(child) || !mayGo(child, state))) {
                return false;
            }
        }
        return true;
    }

    private boolean isExcluded(byte[] key) throws IOException {
        return excluded != null && excluded.test(root.relativize(live(key)));
    }

    private static void addNames(Path folder, NavigableSet<byte[]> names) throws IOException {
        try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
            for (Path child : children) {
                names.add(PathKey.nameOf(child));
            }
        } catch (NoSuchFileException e) {
            // Gone since it was seen: nothing is in it.
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private Path live(byte[] key) throws IOException {
        return PathKey.resolve(root, key);
    }

    private Path staged(byte[] key) throws IOException {
        return PathKey.resolve(tree, key);
    }
}

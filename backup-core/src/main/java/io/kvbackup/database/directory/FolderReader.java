package io.kvbackup.database.directory;

import io.kvbackup.disk.TemporaryFolder;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Takes the inventory of a folder at one instant: it is taken, and when everything is still the same after a pause that
 * is longer than a tick of the file system's clock, then it was true at every moment between.
 */
final class FolderReader {
    static final Duration PAUSE = Duration.ofMillis(25);
    private static final int ATTEMPTS = 5;

    @FunctionalInterface
    interface Sleeper {
        void sleep(Duration time) throws InterruptedException;
    }

    private final Path root;
    private final @Nullable Predicate<Path> excluded;
    private final boolean undisturbed;
    private final boolean copy;
    private final Sleeper sleeper;
    private final Clock clock;

    private FolderReader(
            Path root,
            @Nullable Predicate<Path> excluded,
            boolean undisturbed,
            boolean copy,
            Sleeper sleeper,
            Clock clock) {
        this.root = root;
        this.excluded = excluded;
        this.undisturbed = undisturbed;
        this.copy = copy;
        this.sleeper = sleeper;
        this.clock = clock;
    }

    /** @param undisturbed whether nobody writes while this works */
    static FolderReader ofLive(
            Path root, @Nullable Predicate<Path> excluded, boolean undisturbed, Sleeper sleeper, Clock clock) {
        return new FolderReader(root, excluded, undisturbed, false, sleeper, clock);
    }

    /**
     * For a copy that an engine has made, maybe by hard links: when the engine drops its own link to a file, the time
     * of the last change of attributes moves, and means nothing.
     */
    static FolderReader ofCopy(Path root, @Nullable Predicate<Path> excluded, Sleeper sleeper, Clock clock) {
        return new FolderReader(root, excluded, true, true, sleeper, clock);
    }

    Inventory takeInventory() throws IOException {
        if (!Files.exists(root)) {
            throw new NoSuchFileException(root.toString(), null, "there is no such folder to back up");
        }
        if (!Files.isDirectory(root)) {
            throw new NotDirectoryException(
                    root + " is not a folder, so it cannot be backed up as one; name the folder it is in");
        }
        for (int attempt = 1; ; attempt++) {
            try {
                return attempt();
            } catch (FileChangedException | NoSuchFileException e) {
                if (e instanceof NoSuchFileException missing && !isBelow(missing.getFile())) {
                    throw e;
                }
                if (undisturbed || attempt == ATTEMPTS) {
                    throw new FileChangedException("folder " + root + " did not keep still for any of " + attempt
                            + " attempts to look at it; at last " + e.getMessage()
                            + "; pause what writes there, give the lock that it holds, or exclude such files");
                }
            }
        }
    }

    /** Not of the temporary files, say. */
    private boolean isBelow(@Nullable String file) {
        return file != null && Path.of(file).startsWith(root);
    }

    private Inventory attempt() throws IOException {
        TemporaryFolder temporary = TemporaryFolder.create("inventory");
        try {
            Inventory inventory = note(temporary);
            if (!undisturbed) {
                pause();
                compare(inventory);
            }
            return inventory;
        } catch (IOException | RuntimeException | Error e) {
            temporary.close();
            throw e;
        }
    }

    private Inventory note(TemporaryFolder temporary) throws IOException {
        Path file = temporary.resolve("list");
        Instant begun = clock.instant();
        long[] counts = new long[2];
        try (Inventory.Writer writer = new Inventory.Writer(file)) {
            ExtrasReader extras = new ExtrasReader(file);
            walk((key, path, state) -> {
                writer.write(
                        copy
                                ? item(key, path, state.whateverItsAttributes(), FileExtras.NONE)
                                : item(key, path, state, extras.read(key, path, state)));
                counts[0]++;
                counts[1] += 1 + (state.type() == FileState.FILE ? BlockKey.blocks(state.size()) : 0);
            });
        }
        return new Inventory(temporary, file, begun, counts[0], counts[1]);
    }

    private static Inventory.Item item(byte[] key, Path path, FileState state, FileExtras extras) throws IOException {
        if (state.type() == FileState.OTHER) {
            throw new IOException(path + " is neither file, folder nor link, so it cannot be backed up; exclude it");
        }
        byte[] target = state.type() == FileState.LINK ? PathKey.bytesOf(Files.readSymbolicLink(path)) : new byte[0];
        return new Inventory.Item(key, state, target, extras);
    }

    private void walk(TreeWalk.Visitor to) throws IOException {
        new TreeWalk(root, excluded, to).run();
    }

    /** New and lost files show in the time of their folder, so comparing what is known is enough. */
    private void compare(Inventory inventory) throws IOException {
        inventory.read(item -> {
            Path path = PathKey.resolve(root, item.key());
            if (!item.state().isStillOf(path)) {
                throw new FileChangedException(path + " changed");
            }
            return true;
        });
    }

    private void pause() throws InterruptedIOException {
        try {
            sleeper.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (InterruptedIOException)
                    new InterruptedIOException("interrupted while looking at folder " + root).initCause(e);
        }
    }
}

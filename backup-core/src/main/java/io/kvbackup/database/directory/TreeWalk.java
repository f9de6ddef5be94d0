package io.kvbackup.database.directory;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Visits all that is in a folder, in the order of the keys, holding the names of the folders along one path only. */
final class TreeWalk {
    @FunctionalInterface
    interface Visitor {
        void visit(byte[] key, Path path, FileState state) throws IOException;
    }

    private final Path root;
    private final @Nullable Predicate<Path> excluded;
    private final Visitor to;

    /** @param excluded told of paths relative to the folder; null if nothing is */
    TreeWalk(Path root, @Nullable Predicate<Path> excluded, Visitor to) {
        this.root = root;
        this.excluded = excluded;
        this.to = to;
    }

    void run() throws IOException {
        to.visit(PathKey.ROOT, root, FileState.of(root));
        walk(root, PathKey.ROOT);
    }

    private void walk(Path folder, byte[] key) throws IOException {
        // The key of what is in folder "a" begins with "a/", which comes after a file "a.txt" beside it.
        NavigableMap<byte[], Path> folders = new TreeMap<>(Arrays::compareUnsigned);
        for (byte[] name : names(folder)) {
            byte[] child = PathKey.join(key, name);
            for (var before = folders.firstEntry();
                    before != null && Arrays.compareUnsigned(before.getKey(), child) < 0;
                    before = folders.firstEntry()) {
                folders.pollFirstEntry();
                walk(before.getValue(), withoutSlash(before.getKey()));
            }
            Path path = PathKey.resolve(folder, name);
            FileState state = FileState.of(path);
            to.visit(child, path, state);
            if (state.type() == FileState.DIR) {
                folders.put(PathKey.join(child, new byte[0]), path);
            }
        }
        for (var last : folders.entrySet()) {
            walk(last.getValue(), withoutSlash(last.getKey()));
        }
    }

    private static byte[] withoutSlash(byte[] key) {
        return Arrays.copyOf(key, key.length - 1);
    }

    private List<byte[]> names(Path folder) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted while reading folder " + folder);
        }
        List<byte[]> names = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
            for (Path child : children) {
                if (excluded == null || !excluded.test(root.relativize(child))) {
                    names.add(PathKey.nameOf(child));
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        names.sort(Arrays::compareUnsigned);
        return names;
    }
}

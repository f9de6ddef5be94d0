package io.kvbackup.database.directory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Makes those files of a tree one that the backup says are one file with several names. */
final class OtherNames {
    private final Path tree;
    private final Losses losses;
    /** By the first name of a file, where that is not restored, the first of its names that is. */
    private final Map<ByteBuffer, Path> firstRestored = new HashMap<>();

    OtherNames(Path tree, Losses losses) {
        this.tree = tree;
        this.losses = losses;
    }

    /**
     * Puts another name of an earlier file in the place of a file that has the same content.
     *
     * @return whether it did; if not, because no other is restored or the file system cannot do that, the file stays
     *     one of its own
     */
    boolean join(byte[] key, FileEntry entry, Path path) throws IOException {
        byte[] sameAs = entry.extras().sameAs();
        if (Arrays.compareUnsigned(sameAs, key) >= 0) {
            throw new IOException("\"" + PathKey.show(key) + "\" is said to be the same as \"" + PathKey.show(sameAs)
                    + "\", which does not come before it; the backup is damaged");
        }
        Path first = PathKey.resolve(tree, sameAs);
        FileState state = FileState.ofExisting(first);
        if (state == null || state.type() != FileState.FILE) {
            Path before = firstRestored.putIfAbsent(ByteBuffer.wrap(sameAs), path);
            if (before == null) {
                return false;
            }
            first = before;
        }
        if (Disk.ownerMayRead(entry.mode()) && Files.mismatch(first, path) >= 0) {
            throw new IOException("\"" + PathKey.show(key) + "\" and \"" + PathKey.show(sameAs)
                    + "\" are said to be one file, but differ; the backup is damaged");
        }
        Path link = tree.resolveSibling("link");
        try {
            Files.createLink(link, first);
        } catch (UnsupportedOperationException | FileSystemException e) {
            losses.otherName(path, e);
            return false;
        }
        Files.move(link, path, StandardCopyOption.ATOMIC_MOVE);
        return true;
    }
}

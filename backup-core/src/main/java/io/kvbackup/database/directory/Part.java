package io.kvbackup.database.directory;

import io.kvbackup.database.KeyRange;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;

/** Which paths a restore replaces. What is in a folder is not part of it because the folder is. */
record Part(KeyRange keys) {
    private static final byte[] FIRST_BELOW_ROOT = {0};

    boolean isWhole() {
        return keys.equals(KeyRange.all());
    }

    boolean contains(byte[] path) {
        return keys.contains(path);
    }

    /** Whether something that can be in a folder is part of it. */
    boolean reachesInto(byte[] folder) {
        byte[] end = keys.to();
        KeyRange below = below(folder);
        return (end == null || Arrays.compareUnsigned(below.from(), end) < 0)
                && (below.to() == null || Arrays.compareUnsigned(keys.from(), below.to()) < 0);
    }

    /** Whether everything that can be in a folder is part of it. */
    boolean coversAllIn(byte[] folder) {
        byte[] end = keys.to();
        KeyRange below = below(folder);
        return Arrays.compareUnsigned(keys.from(), below.from()) <= 0
                && (end == null || (below.to() != null && Arrays.compareUnsigned(end, below.to()) >= 0));
    }

    private static KeyRange below(byte[] folder) {
        return folder.length == 0
                ? new KeyRange(FIRST_BELOW_ROOT, null)
                : KeyRange.startingWith(PathKey.join(folder, new byte[0]));
    }

    /** Whether this is one path, as it comes from {@link DirectoryDatabase#only}. */
    boolean isOnePath() {
        byte[] from = keys.from();
        byte[] end = keys.to();
        // No path has a zero byte.
        return end != null
                && end.length == from.length + 1
                && Arrays.equals(from, 0, from.length, end, 0, from.length)
                && (end[from.length] == 0 || end[from.length] == 1);
    }

    /** Whether this is all that is in one folder, as it comes from {@link DirectoryDatabase#below}. */
    boolean isAllInOneFolder() {
        byte[] from = keys.from();
        return from.length > 1 && from[from.length - 1] == '/' && keys.equals(KeyRange.startingWith(from));
    }

    /** Whether a path is the folder of which this is all content. */
    boolean isAllIn(byte[] path) {
        byte[] from = keys.from();
        return isAllInOneFolder() && Arrays.equals(path, 0, path.length, from, 0, from.length - 1);
    }

    /** What to throw if the backup holds nothing of what this names. */
    NoSuchFileException notHeld(String database) {
        byte[] from = keys.from();
        byte[] name = isAllInOneFolder() ? Arrays.copyOf(from, from.length - 1) : from;
        return new NoSuchFileException(
                PathKey.show(name),
                null,
                "the backup of database " + database + " does not hold this path; nothing was changed");
    }
}

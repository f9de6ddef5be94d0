package io.kvbackup.database.directory;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Tells whether something was written, since a restore was decided, to what the restore takes away: a digest of names, sizes
 * and times of a file, or of a folder with all that is in it.
 */
final class Untouched {
    /** Of nothing. */
    private static final byte[] ABSENT = {0};

    private Untouched() {}

    static byte[] stateOf(Path path) throws IOException {
        FileState state = FileState.ofExisting(path);
        if (state == null) {
            return ABSENT;
        }
        MessageDigest digest = sha256();
        try (DataOutputStream out =
                new DataOutputStream(new DigestOutputStream(OutputStream.nullOutputStream(), digest))) {
            if (state.type() == FileState.DIR) {
                new TreeWalk(path, null, (key, each, found) -> write(key, found, out)).run();
            } else {
                write(PathKey.ROOT, state, out);
            }
        }
        return digest.digest();
    }

    private static void write(byte[] key, FileState state, DataOutputStream out) throws IOException {
        out.writeInt(key.length);
        out.write(key);
        inPlace(state).writeTo(out);
    }

    /** Without what a move changes, by which the restore may have begun: of a folder, or of another name of the same file. */
    private static FileState inPlace(FileState state) {
        boolean isFolder = state.type() == FileState.DIR;
        long size = isFolder ? 0 : state.size();
        long changed = isFolder || state.holder().names() > 1 ? 0 : state.changed();
        int mode = isFolder ? 0 : state.mode();
        return new FileState(state.type(), size, state.modified(), changed, state.inode(), mode, state.holder());
    }

    /**
     * @param before what {@link #stateOf} said; empty if an earlier version decided, which did not ask
     * @param isAway whether what was there then has been moved away
     */
    static boolean isLost(Path live, byte[] before, boolean isAway) throws IOException {
        FileState state = FileState.ofExisting(live);
        if (state == null || isEmptyFolder(live, state) || before.length == 0) {
            return false;
        }
        return isAway || !Arrays.equals(before, stateOf(live));
    }

    private static boolean isEmptyFolder(Path path, FileState state) throws IOException {
        if (state.type() != FileState.DIR) {
            return false;
        }
        try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
            return !children.iterator().hasNext();
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}

package io.kvbackup.database.directory;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Other file systems that are mounted within a folder. One that moves with the folder takes its content along, out of
 * the folder and to where old content is deleted. Linux tells of them; elsewhere there are none that are known.
 *
 * @param table the system's list, which need not exist
 */
record MountPoints(Path table) {
    static final MountPoints OF_THE_SYSTEM = new MountPoints(Path.of("/proc/self/mountinfo"));

    private static final Logger LOG = LoggerFactory.getLogger(MountPoints.class);
    private static final int POINT = 4;
    private static final Pattern ESCAPED = Pattern.compile("\\\\([0-7]{3})");

    /**
     * Warns of those that a backup reads: what is on them comes back, but not by a restore of the whole folder in its
     * place.
     */
    void tell(Path root, Predicate<Path> leftAlone) throws IOException {
        for (byte[] key : below(root)) {
            Path point = PathKey.resolve(root, key);
            if (!leftAlone.test(root.relativize(point))) {
                LOG.warn(
                        "another file system is mounted at {}, and is in the backup; a restore of folder {} will "
                                + "refuse to replace it: exclude it and give it a database of its own, or unmount "
                                + "it before a restore",
                        point,
                        root);
            }
        }
    }

    /**
     * @param part of the folder that would be replaced
     * @param leftAlone told of paths relative to the folder
     * @throws FileSystemException if a mount point is among what would be replaced
     */
    void refuseIn(Path root, Part part, Predicate<Path> leftAlone) throws IOException {
        for (byte[] key : below(root)) {
            Path point = PathKey.resolve(root, key);
            if ((part.contains(key) || part.reachesInto(key)) && !leftAlone.test(root.relativize(point))) {
                throw new FileSystemException(
                        point.toString(),
                        null,
                        "another file system is mounted here, which a restore of folder " + root + " cannot replace:"
                                + " exclude it and give it a database of its own, or unmount it first; nothing was "
                                + "changed");
            }
        }
    }

    /** Their paths relative to a folder, without the folder itself. */
    List<byte[]> below(Path root) throws IOException {
        List<byte[]> found = new ArrayList<>();
        if (!Files.isReadable(table) || !Files.isDirectory(root)) {
            return found;
        }
        byte[] folder = PathKey.join(PathKey.bytesOf(root.toRealPath()), new byte[0]);
        for (String line : Files.readAllLines(table, ISO_8859_1)) {
            byte[] point = point(line);
            if (point != null && point.length > folder.length && startsWith(point, folder)) {
                found.add(Arrays.copyOfRange(point, folder.length, point.length));
            }
        }
        return found;
    }

    private static byte @Nullable [] point(String line) {
        String[] words = line.split(" ", POINT + 2);
        return words.length <= POINT
                ? null
                : ESCAPED.matcher(words[POINT])
                        .replaceAll(code ->
                                Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(code.group(1), 8))))
                        .getBytes(ISO_8859_1);
    }

    private static boolean startsWith(byte[] path, byte[] beginning) {
        return Arrays.equals(path, 0, beginning.length, beginning, 0, beginning.length);
    }
}

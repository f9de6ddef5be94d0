package io.kvbackup.storage.file;

import io.kvbackup.storage.file.FileNames.Escaping;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which names a mount takes, by making some files. The operating system does not tell: Linux, too, mounts FAT
 * and Windows servers. Each client does this once, before its first write. Safe for use by several threads.
 */
final class MountNames {
    private static final String SPECIAL = "!#$%&'()+,;=@[]^`{}~ ";
    private static final String RESERVED = "<>:\"|?*\\";

    private final Path root;
    private final Random random;
    private final Trial trial;
    private volatile @Nullable FileNames found;
    private volatile boolean foldsCase;
    private volatile boolean caseIsKnown;

    /** Whether a folder takes a name, and gives it back as it was. */
    @FunctionalInterface
    interface Trial {
        boolean takes(Path folder, String name) throws IOException;
    }

    MountNames(Path root, Random random, Trial trial) {
        this.root = root;
        this.random = random;
        this.trial = trial;
    }

    /**
     * How new files are to be named.
     *
     * @param folder an existing one, to try names in
     */
    FileNames find(Path folder) throws IOException {
        FileNames names = found;
        if (names == null) {
            names = new FileNames(escaping(folder), foldsCase());
            found = names;
        }
        return names;
    }

    private Escaping escaping(Path folder) throws IOException {
        String id = String.format("%016x%016x", random.nextLong(), random.nextLong());
        String special = id + SPECIAL + "x";
        if (takesAll(folder, List.of(special + RESERVED + "x", id + ".", id + " ", "aux." + id))) {
            return Escaping.PLAIN;
        }
        if (takesAll(folder, List.of(special, id + "%3A"))) {
            return Escaping.RESERVED;
        }
        if (takesAll(folder, List.of(id + "_-.x%3A"))) {
            return Escaping.STRICT;
        }
        if (!trial.takes(folder, id)) {
            throw new IOException(
                    "no new files can be made in " + folder + "; give this user access to it, and look for free space");
        }
        throw new IOException("the file system of " + root + " takes no file names such as '" + id
                + "_-.x%3A'; mount it in another way, or use another one");
    }

    private boolean takesAll(Path folder, List<String> names) throws IOException {
        for (String name : names) {
            if (!trial.takes(folder, name)) {
                return false;
            }
        }
        return true;
    }

    /** By making an empty file, which is gone afterwards. */
    static boolean takes(Path folder, String name) throws IOException {
        Path file;
        try {
            file = folder.resolve(name);
        } catch (InvalidPathException e) {
            return false;
        }
        try {
            Files.createFile(file);
        } catch (IOException e) {
            return false;
        }
        try {
            return lists(folder, name);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** Whether {@code A} and {@code a} are one name. Finds out without writing, if there is anything to look at. */
    boolean foldsCase() throws IOException {
        if (!caseIsKnown) {
            String name = Files.exists(root.resolve(FileNames.AREA)) ? FileNames.AREA : anyName();
            if (name != null) {
                Path other = root.resolve(name.toUpperCase(Locale.ROOT));
                foldsCase = Files.exists(other) && Files.isSameFile(root.resolve(name), other);
                caseIsKnown = true;
            }
        }
        return foldsCase;
    }

    private @Nullable String anyName() throws IOException {
        if (!Files.isDirectory(root)) {
            return null;
        }
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(root)) {
            for (Path path : paths) {
                String name = String.valueOf(path.getFileName());
                if (!name.equals(name.toUpperCase(Locale.ROOT))) {
                    return name;
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return null;
    }

    /** Whether a folder lists a name letter for letter. */
    static boolean lists(Path folder, String name) throws IOException {
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(folder)) {
            for (Path path : paths) {
                if (name.equals(String.valueOf(path.getFileName()))) {
                    return true;
                }
            }
            return false;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }
}

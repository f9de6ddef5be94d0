package io.kvbackup.storage.file;

import io.kvbackup.disk.PrivateFiles;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where objects lie below the root. A key is a path, with two exceptions: an object and a folder cannot have the same
 * name, so the later of the two gets a mark ({@link FileNames#OBJECT}, {@link FileNames#FOLDER}); and names have more
 * than one spelling. So a key may lie in one of a few places; readers look in all of them, and nothing is moved. Links
 * are never followed.
 */
final class FileTree {
    private final Path root;
    private final MountNames mount;

    FileTree(Path root, MountNames mount) {
        this.root = root;
        this.mount = mount;
    }

    /** An object's file. */
    record Found(Path path, BasicFileAttributes attributes) {}

    /** Where the object is, or null if there is none. */
    @Nullable
    Found find(String key) throws IOException {
        int slash = key.lastIndexOf('/');
        String segment = key.substring(slash + 1);
        for (Path folder : folders(slash < 0 ? "" : key.substring(0, slash))) {
            for (Path path : candidates(folder, segment, false)) {
                BasicFileAttributes attributes = attributes(path);
                if (attributes != null && attributes.isRegularFile()) {
                    return new Found(path, attributes);
                }
            }
        }
        return null;
    }

    /** All existing folders that hold the keys below {@code path}; the root for an empty one. */
    List<Path> folders(String path) throws IOException {
        List<Path> folders = Files.isDirectory(root) ? List.of(root) : List.of();
        if (path.isEmpty()) {
            return folders;
        }
        for (String segment : path.split("/", -1)) {
            List<Path> next = new ArrayList<>(1);
            for (Path folder : folders) {
                for (Path candidate : candidates(folder, segment, true)) {
                    if (isFolder(candidate)) {
                        next.add(candidate);
                    }
                }
            }
            folders = next;
        }
        return folders;
    }

    /**
     * Chooses the place of a new object and creates its folders. Needs the lock.
     *
     * @param names how the mount wants them to be spelled
     * @param created gets the folders in which others were created, to be synced
     */
    Path place(String key, FileNames names, Set<Path> created) throws IOException {
        Path folder = root;
        String[] segments = key.split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            List<String> pieces = names.encode(segments[i]);
            for (String piece : pieces.subList(0, pieces.size() - 1)) {
                folder = makeFolder(folder.resolve(piece), created);
            }
            Path plain = folder.resolve(pieces.get(pieces.size() - 1));
            BasicFileAttributes attributes = attributes(plain);
            if (i < segments.length - 1) {
                boolean taken = attributes != null && (attributes.isRegularFile() || !isExact(plain));
                folder = makeFolder(taken ? marked(plain, FileNames.FOLDER) : plain, created);
            } else {
                boolean taken = attributes != null && (attributes.isDirectory() || !isExact(plain));
                return requireFree(taken ? marked(plain, FileNames.OBJECT) : plain);
            }
        }
        throw new AssertionError("no segment in " + key);
    }

    /** Removes a folder if it is empty, and then those above it; returns the first that stays. Needs the lock. */
    Path removeEmpty(Path folder) throws IOException {
        Path empty = folder;
        while (!empty.equals(root) && empty.getParent() != null) {
            try {
                Files.deleteIfExists(empty);
            } catch (DirectoryNotEmptyException e) {
                return empty;
            }
            empty = empty.getParent();
        }
        return empty;
    }

    /** Attributes of the path itself, not of what it may link to, or null if it does not exist. */
    static @Nullable BasicFileAttributes attributes(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return null;
        } catch (FileSystemException e) {
            String reason = String.valueOf(e.getReason());
            // A folder above was just removed, and an object has its name now; or the mount takes no such names.
            if (reason.contains("Not a directory") || reason.contains("Invalid argument")) {
                return null;
            }
            throw e;
        }
    }

    private Path makeFolder(Path folder, Set<Path> created) throws IOException {
        BasicFileAttributes attributes = attributes(folder);
        if (attributes == null) {
            Files.createDirectory(folder, PrivateFiles.folderLike(root));
            Path parent = folder.getParent();
            if (parent != null) {
                created.add(parent);
            }
        } else if (!attributes.isDirectory()) {
            throw refused(folder);
        }
        return folder;
    }

    private static Path requireFree(Path path) throws IOException {
        if (attributes(path) != null) {
            throw refused(path);
        }
        return path;
    }

    private static FileSystemException refused(Path path) {
        return new FileSystemException(
                path.toString(), null, "is a link or a special file, which are not followed; move it away");
    }

    private static Path marked(Path path, String mark) {
        return path.resolveSibling(path.getFileName() + mark);
    }

    /** The places where a segment may lie, in the order of a listing. */
    private List<Path> candidates(Path folder, String segment, boolean asFolder) throws IOException {
        List<Path> candidates = new ArrayList<>();
        for (List<String> names : FileNames.spellings(segment)) {
            boolean isAny = mount.foldsCase() && (asFolder || !FileNames.isSafeInAnyCase(segment, names));
            for (Path path : places(folder, names, asFolder ? FileNames.FOLDER : FileNames.OBJECT)) {
                if (!isAny || attributes(path) == null || isExact(path)) {
                    candidates.add(path);
                }
            }
        }
        candidates.sort(Comparator.comparing(path -> String.valueOf(path.getFileName())));
        return candidates;
    }

    private static List<Path> places(Path folder, List<String> names, String mark) throws IOException {
        try {
            Path parent = folder;
            for (String name : names.subList(0, names.size() - 1)) {
                parent = parent.resolve(name);
                if (!isFolder(parent)) {
                    return List.of();
                }
            }
            String last = names.get(names.size() - 1);
            return List.of(parent.resolve(last), parent.resolve(last + mark));
        } catch (InvalidPathException e) {
            return List.of(); // no file has such a name here
        }
    }

    /** Whether an existing file has exactly this name, and not another one that the mount takes for the same. */
    private boolean isExact(Path path) throws IOException {
        Path folder = path.getParent();
        return folder == null || !mount.foldsCase() || MountNames.lists(folder, String.valueOf(path.getFileName()));
    }

    private static boolean isFolder(Path path) throws IOException {
        BasicFileAttributes attributes = attributes(path);
        return attributes != null && attributes.isDirectory();
    }
}

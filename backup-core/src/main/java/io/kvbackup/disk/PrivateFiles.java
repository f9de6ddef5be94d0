package io.kvbackup.disk;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * Makes files and folders that only the user of the process may read, from their first byte on: they are made with
 * these permissions, because those that are given later come too late. Where data come to lie in a folder of the
 * host's, they may also be as open as that folder is. The process's umask takes away more.
 *
 * <p>Where a file system has no POSIX permissions, new files have those that it gives them, such as the access list of
 * the folder on Windows.
 */
public final class PrivateFiles {
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> ANY_FILE = PosixFilePermissions.fromString("rw-rw-rw-");
    private static final Set<OpenOption> NEW = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    private PrivateFiles() {}

    /** Makes a folder; what it lies in exists. */
    public static Path createFolder(Path folder) throws IOException {
        return Files.createDirectory(folder, ofFolder(folder));
    }

    /** Makes a folder, and those in which it lies, as far as they are missing. */
    public static Path createFolders(Path folder) throws IOException {
        return Files.createDirectories(folder, ofFolder(folder));
    }

    /** Makes an empty file. */
    public static Path createFile(Path file) throws IOException {
        return Files.createFile(file, ofFile(file));
    }

    /** Makes a file and writes it. */
    public static OutputStream newFile(Path file) throws IOException {
        return Channels.newOutputStream(newChannel(file));
    }

    /** Makes a file and writes it. */
    public static FileChannel newChannel(Path file) throws IOException {
        return FileChannel.open(file, NEW, ofFile(file));
    }

    /** Makes a file of what a stream holds. */
    public static void copy(InputStream from, Path file) throws IOException {
        try (OutputStream out = newFile(file)) {
            from.transferTo(out);
        }
    }

    /** Permissions of a new folder that only the user may enter. */
    public static FileAttribute<?>[] ofFolder(Path folder) {
        return attributes(folder, FOLDER);
    }

    static FileAttribute<?>[] ofFile(Path file) {
        return attributes(file, FILE);
    }

    /** Permissions of a new file that is as open as a folder. */
    public static FileAttribute<?>[] fileLike(Path folder) throws IOException {
        Set<PosixFilePermission> permissions = permissions(folder);
        permissions.retainAll(ANY_FILE);
        permissions.addAll(FILE);
        return attributes(folder, permissions);
    }

    /** Permissions of a new folder that is as open as another. */
    public static FileAttribute<?>[] folderLike(Path folder) throws IOException {
        Set<PosixFilePermission> permissions = permissions(folder);
        permissions.addAll(FOLDER);
        return attributes(folder, permissions);
    }

    /** Permissions of a new file that is as open as another. */
    public static FileAttribute<?>[] like(Path file) throws IOException {
        Set<PosixFilePermission> permissions = permissions(file);
        permissions.addAll(FILE);
        return attributes(file, permissions);
    }

    private static Set<PosixFilePermission> permissions(Path path) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        try {
            if (view != null) {
                permissions.addAll(view.readAttributes().permissions());
            }
        } catch (NoSuchFileException e) {
            // Open to nobody.
        }
        return permissions;
    }

    private static FileAttribute<?>[] attributes(Path path, Set<PosixFilePermission> permissions) {
        boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
                : new FileAttribute<?>[0];
    }
}

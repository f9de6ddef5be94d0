package io.kvbackup.database.directory;

import io.kvbackup.disk.DiskSync;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** What is done to files and folders as a whole. */
final class Disk {
    private static final String ALL = "rwxrwxrwx";
    private static final int OWNER_ALL = 0700;
    private static final int OWNER_READ = 0400;

    private Disk() {}

    /** The file may be read-only. */
    static void syncFile(Path file) throws IOException {
        DiskSync.file(file, StandardOpenOption.READ);
    }

    /** @param mode nine permission bits; negative to leave them */
    static void setMode(Path path, int mode) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
        if (mode >= 0 && view != null) {
            StringBuilder permissions = new StringBuilder(ALL.length());
            for (int i = 0; i < ALL.length(); i++) {
                boolean given = (mode >> (ALL.length() - 1 - i) & 1) == 1;
                permissions.append(given ? ALL.charAt(i) : '-');
            }
            view.setPermissions(PosixFilePermissions.fromString(permissions.toString()));
        }
    }

    /** Lets the owner change and enter a folder, if that is not so yet. */
    static void letOwnerIn(Path folder) throws IOException {
        PosixFileAttributeView view =
                Files.getFileAttributeView(folder, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (view != null) {
            Set<PosixFilePermission> permissions = view.readAttributes().permissions();
            if (permissions.addAll(PosixFilePermissions.fromString("rwx------"))) {
                view.setPermissions(permissions);
            }
        }
    }

    /** Whether there is nothing at a path; an empty folder is removed. */
    static boolean makeRoom(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            try {
                Files.delete(path);
            } catch (DirectoryNotEmptyException e) {
                return false;
            }
        }
        return !Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    static boolean ownerMayRead(int mode) {
        return mode < 0 || (mode & OWNER_READ) == OWNER_READ;
    }

    static boolean ownerMayAll(int mode) {
        return mode < 0 || (mode & OWNER_ALL) == OWNER_ALL;
    }
}

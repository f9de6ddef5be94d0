package io.kvbackup.examples.folders;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;

/** Makes two generations of a folder share the files that are the same in both, by hard links. */
final class SharedFiles {
    private SharedFiles() {}

    /** Puts links to files of the older folder into the newer one, where they are equal in content and attributes. */
    static void share(Path older, Path newer) throws IOException {
        Files.walkFileTree(newer, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path same = older.resolve(newer.relativize(file).toString());
                if (attributes.isRegularFile() && attributes.size() > 0 && isEqual(same, file)) {
                    link(same, file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static boolean isEqual(Path one, Path other) throws IOException {
        if (!Files.isRegularFile(one, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        PosixFileAttributes left = attributes(one);
        PosixFileAttributes right = attributes(other);
        return left.size() == right.size()
                && left.lastModifiedTime().equals(right.lastModifiedTime())
                && left.permissions().equals(right.permissions())
                && left.owner().equals(right.owner())
                && left.group().equals(right.group())
                && Files.mismatch(one, other) == -1;
    }

    private static PosixFileAttributes attributes(Path file) throws IOException {
        return Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    /** The file is there at each moment; where links are not possible, it stays a copy. */
    private static void link(Path from, Path to) throws IOException {
        Path link = to.resolveSibling(".kvbackup-link");
        Files.deleteIfExists(link);
        try {
            Files.createLink(link, from);
        } catch (IOException | UnsupportedOperationException e) {
            return;
        }
        Files.move(link, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}

package io.kvbackup.disk;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a crash leaves of a folder between its creation and its mark, or at the end of its removal: a folder that is
 * provably empty but for a torn mark and an empty lock. Nothing else is ever removed without a mark.
 */
enum Remains {
    /** There were some, and they are gone. */
    GONE,
    /** Somebody is at work on them. */
    BUSY,
    /** There is more in it, or it is not a folder. */
    SOMEBODYS;

    /** Removes the folder, if it is such. */
    static Remains remove(Path folder, String lock) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return Files.notExists(folder, LinkOption.NOFOLLOW_LINKS) ? GONE : SOMEBODYS;
        }
        List<String> names = names(folder);
        boolean locked = names.remove(lock);
        if ((names.remove(OwnerMark.NAME) && !OwnerMark.isTorn(folder)) || !names.isEmpty()) {
            return SOMEBODYS;
        }
        try {
            return locked ? removeLocked(folder, folder.resolve(lock)) : removeEmpty(folder);
        } catch (NoSuchFileException e) {
            return BUSY;
        }
    }

    private static Remains removeLocked(Path folder, Path lock) throws IOException {
        // Looked at before it is claimed, which writes into it.
        BasicFileAttributes attributes =
                Files.readAttributes(lock, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isRegularFile() || attributes.size() > 0) {
            return SOMEBODYS;
        }
        Optional<FileClaim> claim = FileClaim.takeExisting(lock);
        if (claim.isEmpty()) {
            return BUSY;
        }
        try (FileClaim held = claim.get()) {
            Files.deleteIfExists(lock);
            return removeEmpty(folder);
        }
    }

    /**
     * One that has a mark, and nothing else: whoever made it died before the claim, or is about to and makes another
     * then.
     */
    static void removeUnclaimed(Path folder) throws IOException {
        if (names(folder).equals(List.of(OwnerMark.NAME))) {
            removeEmpty(folder);
        }
    }

    private static Remains removeEmpty(Path folder) throws IOException {
        try {
            Files.deleteIfExists(OwnerMark.in(folder));
            Files.deleteIfExists(folder);
            return GONE;
        } catch (DirectoryNotEmptyException e) {
            return SOMEBODYS;
        }
    }

    private static List<String> names(Path folder) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            all.forEach(each -> names.add(String.valueOf(each.getFileName())));
        }
        return names;
    }
}

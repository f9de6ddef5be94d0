package io.kvbackup.storage.file;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes temporary files that killed processes have left, and nothing else. */
final class DeadTemps {
    private static final Logger LOG = LoggerFactory.getLogger(DeadTemps.class);

    private final Path folder;
    private final FolderLock lock;

    DeadTemps(Path folder, FolderLock lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /** Those that were last written before that time. */
    void remove(Instant before) throws IOException {
        for (Path file : find(before)) {
            try {
                // A writer lets go of its file under this lock, to publish it.
                if (lock.run(() -> TempLocks.deleteIfDead(file))) {
                    LOG.info("removed {}, which an upload of a dead process has left", file);
                }
            } catch (FileSystemException e) {
                // May be another user's; it is in nobody's way.
                LOG.warn("cannot remove temporary file {}; delete it by hand: {}", file, e.toString());
            }
        }
    }

    /** Names those that were last written before that time, which an earlier version has left. */
    void tell(Instant before) throws IOException {
        if (Files.exists(folder)) {
            for (Path file : find(before)) {
                LOG.warn(
                        "{} looks like the remains of an upload of an earlier version of this library, but has no "
                                + "mark of this one, so it stays; delete it by hand when no earlier version writes "
                                + "there",
                        file);
            }
        }
    }

    private List<Path> find(Instant before) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, FileTemp::isNamedLikeOne)) {
            for (Path file : files) {
                BasicFileAttributes attributes = FileTree.attributes(file);
                if (attributes != null
                        && attributes.isRegularFile()
                        && attributes.lastModifiedTime().toInstant().isBefore(before)) {
                    found.add(file);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return found;
    }
}

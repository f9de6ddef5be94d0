package io.kvbackup.storage.file;

import io.kvbackup.disk.OwnedFolder;
import io.kvbackup.disk.PrivateFiles;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Random;

/**
 * Our own folder in a store, {@code .kvbackup}: the lock, and temporary files in {@code tmp}. It appears together with
 * its mark. A folder from an earlier version has no mark, and may belong to somebody else: temporary files then go into
 * a folder {@code uploads} in it, which has a mark of its own. Only where there is a mark, files are removed by their
 * names alone.
 */
final class OwnArea {
    private static final String OWNER = "uploads";

    private final Path root;
    private final Path path;
    private final Random random;

    OwnArea(Path root, Random random) {
        this.root = root;
        this.path = root.resolve(FileNames.AREA);
        this.random = random;
    }

    Path path() {
        return path;
    }

    /**
     * Where temporary files lie if this version has made the area; otherwise the files here are from earlier versions.
     */
    Path temps() {
        return path.resolve("tmp");
    }

    boolean isMarked() throws IOException {
        return OwnedFolder.isMarked(path);
    }

    /** Makes it, if it is missing. */
    void create() throws IOException {
        FolderSync.create(root, PrivateFiles.ofFolder(root));
        // No key leads to a name with this sign.
        createMarked(path, root.resolve("%own-" + Long.toHexString(random.nextLong())));
    }

    /** Makes the folder for temporary files, with the area, as far as they are missing. */
    Path createTemps() throws IOException {
        create();
        if (isMarked()) {
            FolderSync.create(temps(), PrivateFiles.folderLike(root));
            return requireFolder(temps());
        }
        Path uploads = path.resolve("uploads");
        createMarked(uploads, path.resolve("own-" + Long.toHexString(random.nextLong())));
        if (!OwnedFolder.isMarked(uploads)) {
            throw new FileSystemException(
                    uploads.toString(),
                    null,
                    "is where temporary files are put, but somebody else made it; move it away");
        }
        return uploads;
    }

    /** It gets its mark under another name, so that nobody ever sees it without its mark. */
    private void createMarked(Path folder, Path before) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(before, PrivateFiles.folderLike(root));
            try {
                OwnedFolder.mark(before, OWNER, PrivateFiles.fileLike(root));
                Files.move(before, folder, StandardCopyOption.ATOMIC_MOVE);
                FolderSync.sync(List.of(folder.equals(path) ? root : path));
            } catch (IOException e) {
                OwnedFolder.unmark(before);
                if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                    throw e;
                }
            }
        }
        requireFolder(folder);
    }

    private static Path requireFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileSystemException(folder.toString(), null, "is a link, which is not followed; remove it");
        }
        return folder;
    }
}

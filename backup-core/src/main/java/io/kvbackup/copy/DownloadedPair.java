package io.kvbackup.copy;

import io.kvbackup.disk.DiskSync;
import io.kvbackup.disk.TemporaryFolder;
import io.kvbackup.format.Limits;
import io.kvbackup.format.ManifestJson;
import io.kvbackup.format.SealedManifest;
import io.kvbackup.format.StreamDigest;
import io.kvbackup.model.CorruptBackupException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A downloaded archive, and beside it its manifest if it is encrypted. One rename replaces the pair: the new manifest
 * first lies under a name that only an archive with its digest asks for, then the archive is renamed into its place,
 * then the manifest into that of the old one. So at every moment the archive that is there finds its manifest, the old
 * one or the new.
 */
final class DownloadedPair {
    private static final String MANIFEST_SUFFIX = ".manifest.json";
    private static final int DIGEST_CHARS = 16;

    /** The point at which a test lets the process die. */
    @FunctionalInterface
    interface Steps {
        void before(String step) throws IOException;
    }

    private final Path file;
    private final Path folder;
    private final Steps steps;

    DownloadedPair(Path file, Steps steps) {
        this.file = file.toAbsolutePath();
        Path parent = this.file.getParent();
        if (parent == null) {
            throw new IllegalArgumentException(
                    "cannot download into '" + file + "': it names no file; give one such as /backups/orders.json.gz");
        }
        this.folder = parent;
        this.steps = steps;
    }

    /** Where new files are written, on the same disk. */
    TemporaryFolder temporary() throws IOException {
        return TemporaryFolder.create(folder, "download");
    }

    /** Puts an archive that needs no manifest into its place. */
    void replace(Path archive) throws IOException {
        move(archive, file);
        deleteIfOurs(manifest(), "");
        deleteStaged();
    }

    /** Puts an archive and its manifest into their places. */
    void replace(Path archive, StreamDigest digest, Path manifest) throws IOException {
        Path staged = staged(digest);
        boolean needed = Files.exists(staged);
        move(manifest, staged);
        try {
            move(archive, file);
        } catch (IOException e) {
            if (!needed) {
                Files.deleteIfExists(staged);
            }
            throw e;
        }
        move(staged, manifest());
        deleteStaged();
    }

    private void move(Path from, Path to) throws IOException {
        DiskSync.file(from, StandardOpenOption.WRITE);
        steps.before("move to " + to.getFileName());
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        DiskSync.folder(folder);
    }

    /** Where the manifest of an archive with this digest lies; it may not exist. */
    Path manifestOf(StreamDigest digest) {
        Path staged = staged(digest);
        return Files.exists(staged) ? staged : manifest();
    }

    private Path manifest() {
        return file.resolveSibling(file.getFileName() + MANIFEST_SUFFIX);
    }

    private Path staged(StreamDigest digest) {
        return file.resolveSibling(
                file.getFileName() + "." + digest.sha256().substring(0, DIGEST_CHARS) + MANIFEST_SUFFIX);
    }

    /** Removes the remains of downloads whose process died. */
    private void deleteStaged() throws IOException {
        String start = file.getFileName() + ".";
        int length = start.length() + DIGEST_CHARS + MANIFEST_SUFFIX.length();
        try (DirectoryStream<Path> beside = Files.newDirectoryStream(folder, path -> {
            String name = String.valueOf(path.getFileName());
            return name.length() == length && name.startsWith(start) && name.endsWith(MANIFEST_SUFFIX);
        })) {
            for (Path each : beside) {
                String name = String.valueOf(each.getFileName());
                deleteIfOurs(each, name.substring(start.length(), start.length() + DIGEST_CHARS));
            }
        }
    }

    /**
     * Only a manifest of an encrypted archive: any other file of that name belongs to the host.
     *
     * @param digest the start of its archive's digest; another digest belongs to a download with a longer name
     */
    private void deleteIfOurs(Path manifest, String digest) throws IOException {
        if (!Files.isRegularFile(manifest, LinkOption.NOFOLLOW_LINKS) || Files.size(manifest) > Limits.MANIFEST_BYTES) {
            return;
        }
        try {
            if (ManifestJson.decode(Files.readAllBytes(manifest), manifest.toString()) instanceof SealedManifest sealed
                    && sealed.stored().sha256().startsWith(digest)) {
                steps.before("delete " + manifest.getFileName());
                Files.deleteIfExists(manifest);
            }
        } catch (CorruptBackupException e) {
            // Not ours to remove.
        }
    }
}

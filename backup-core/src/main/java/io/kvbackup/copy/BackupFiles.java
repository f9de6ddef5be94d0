package io.kvbackup.copy;

import io.kvbackup.disk.PrivateFiles;
import io.kvbackup.disk.TemporaryFolder;
import io.kvbackup.format.StreamDigest;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.pipeline.MeasuredInputStream;
import io.kvbackup.repository.BackupDeletion;
import io.kvbackup.repository.BackupName;
import io.kvbackup.repository.StoredArchive;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.StorageClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Carries archives between store and files; encrypted ones with their manifests, which hold their wrapped keys. */
@SuppressWarnings("exports") // for the manager, which alone can name what it is made of
public final class BackupFiles {
    private final StorageClient storage;
    private final ArchiveUpload uploads;
    private final DownloadedPair.Steps steps;

    public BackupFiles(StorageClient storage, BackupDeletion deletion) {
        this(storage, deletion, step -> {});
    }

    BackupFiles(StorageClient storage, BackupDeletion deletion, DownloadedPair.Steps steps) {
        this.storage = storage;
        this.uploads = new ArchiveUpload(storage, deletion);
        this.steps = steps;
    }

    /** @return the file */
    public Path download(StoredArchive backup, Path file) throws IOException {
        requireWhole(backup.name());
        DownloadedPair pair = new DownloadedPair(file, steps);
        try (TemporaryFolder around = pair.temporary()) {
            Path archive = around.resolve("part");
            StreamDigest digest = copyVerified(backup, archive);
            if (backup.name().chain().transforms().isEncrypted()
                    && backup.manifest().isPresent()) {
                Path manifest = around.resolve("manifest");
                PrivateFiles.copy(
                        new ByteArrayInputStream(backup.manifest().get().bytes()), manifest);
                pair.replace(archive, digest, manifest);
            } else {
                pair.replace(archive);
            }
        }
        return file;
    }

    /** One file cannot be an incremental backup. */
    private static void requireWhole(BackupName name) {
        if (name.chain().kind() == BackupKind.INCREMENTAL) {
            throw new IllegalArgumentException(
                    name.objectName() + " is of kind INCREMENTAL: its data lies in packs, and"
                            + " a file of it alone could not be restored; make an archive of it with "
                            + "BackupManager.convert, or copy it with copyBackup");
        }
    }

    private StreamDigest copyVerified(StoredArchive backup, Path temporary) throws IOException {
        try (MeasuredInputStream in = new MeasuredInputStream(storage.download(backup.archive(), ByteRange.all()))) {
            PrivateFiles.copy(in, temporary);
            StreamDigest found = new StreamDigest(in.count(), in.sha256());
            Optional<StreamDigest> promised = backup.promised();
            if (promised.isPresent() && !promised.get().equals(found)) {
                throw new CorruptBackupException(
                        "archive " + backup.name().objectName() + " has SHA-256 " + found.sha256()
                                + ", its manifest says " + promised.get().sha256());
            }
            return found;
        }
    }

    /** @return the object's name */
    public String upload(Path file, String objectName) throws IOException {
        BackupName name = BackupName.parse(objectName)
                .orElseThrow(() -> new IllegalArgumentException(
                        "'" + objectName + "' is not a backup's name; expected something like "
                                + "backups/orders/2026-11-20T12:00:00.000Z.json.gz"));
        requireWhole(name);
        ContentWriter content = ContentWriter.repeatable(out -> Files.copy(file, out));
        if (!name.chain().transforms().isEncrypted()) {
            uploads.upload(objectName, content);
            return objectName;
        }
        StreamDigest digest = digest(file);
        Path manifest = new DownloadedPair(file, steps).manifestOf(digest);
        if (!Files.exists(manifest)) {
            throw new NoSuchFileException(
                    manifest.toString(),
                    null,
                    "upload " + file + ": it is encrypted, and its key is in its manifest, which downloadFile has put"
                            + " beside it; without it nobody could read the archive");
        }
        try (InputStream in = Files.newInputStream(manifest)) {
            uploads.uploadEncrypted(objectName, content, in, digest);
        }
        return objectName;
    }

    private static StreamDigest digest(Path file) throws IOException {
        try (MeasuredInputStream in = new MeasuredInputStream(Files.newInputStream(file))) {
            in.transferTo(OutputStream.nullOutputStream());
            return new StreamDigest(in.count(), in.sha256());
        }
    }
}

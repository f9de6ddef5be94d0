package io.kvbackup;

import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.pipeline.MeasuredInputStream;
import io.kvbackup.repository.ArchiveUpload;
import io.kvbackup.repository.BackupName;
import io.kvbackup.repository.StoredBackup;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Carries archives between store and files. */
final class BackupFiles {
    private final StorageClient storage;
    private final ArchiveUpload uploads;

    BackupFiles(StorageClient storage) {
        this.storage = storage;
        this.uploads = new ArchiveUpload(storage);
    }

    void download(StoredBackup backup, Path file) throws IOException {
        Path target = file.toAbsolutePath();
        Path folder = target.getParent();
        if (folder == null) {
            throw new IllegalArgumentException("not a file: " + file);
        }
        Path temporary = Files.createTempFile(folder, ".kvbackup-", ".part");
        try {
            try (MeasuredInputStream in =
                    new MeasuredInputStream(storage.download(backup.archive(), ByteRange.all()))) {
                Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
                String digest = in.sha256();
                if (backup.manifest().isPresent()
                        && !digest.equals(backup.manifest().get().stored().sha256())) {
                    throw new CorruptBackupException(
                            "archive " + backup.name().objectName() + " has SHA-256 " + digest + ", its manifest says "
                                    + backup.manifest().get().stored().sha256());
                }
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    void upload(Path file, String objectName) throws IOException {
        if (BackupName.parse(objectName).isEmpty()) {
            throw new IllegalArgumentException("'" + objectName + "' is not a backup's name; expected something like "
                    + "backups/orders/2026-11-20T12:00:00.000Z.json.gz");
        }
        uploads.upload(objectName, ContentWriter.repeatable(out -> Files.copy(file, out)));
    }
}

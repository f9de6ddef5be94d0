package io.kvbackup.repository.archive;

import io.kvbackup.disk.TemporaryFolder;
import io.kvbackup.format.Manifest;
import io.kvbackup.model.Backup;
import io.kvbackup.repository.BackupCommit;
import io.kvbackup.repository.BackupName;
import io.kvbackup.repository.BackupTimestamps;
import io.kvbackup.repository.CommitCheck;
import io.kvbackup.repository.UploadTime;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * A whole archive in a temporary file, with all that makes it a backup wherever it is put. Closing deletes it. May be
 * put into several stores by several threads.
 *
 * @param name the same in all of them
 * @param temporary holds the archive
 * @param manifest what it holds
 * @param manifestBytes the manifest as it is stored
 * @param tags names for the backup
 * @param mayCommit asked before each manifest
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record SpooledArchive(
        BackupName name,
        TemporaryFolder temporary,
        Manifest manifest,
        byte[] manifestBytes,
        Set<String> tags,
        CommitCheck mayCommit)
        implements Closeable {
    static Path fileIn(TemporaryFolder temporary) {
        return temporary.resolve("archive");
    }

    /**
     * @param time has just been started
     * @param earlier what is known of the store
     */
    Backup putInto(StorageClient storage, UploadTime time, BackupTimestamps.Earlier earlier) throws IOException {
        Path file = fileIn(temporary);
        ContentWriter copy = ContentWriter.repeatable(out -> Files.copy(file, out));
        storage.upload(name.objectName(), copy, PutCondition.ifAbsent());
        return new BackupCommit(storage, name, earlier.notes()).confirm(manifest, manifestBytes, tags, mayCommit, time);
    }

    @Override
    public void close() throws IOException {
        temporary.close();
    }
}

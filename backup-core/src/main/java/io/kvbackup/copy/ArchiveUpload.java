package io.kvbackup.copy;

import io.kvbackup.format.StreamDigest;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.repository.Arrival;
import io.kvbackup.repository.BackupCommit;
import io.kvbackup.repository.BackupDeletion;
import io.kvbackup.repository.BackupName;
import io.kvbackup.repository.BackupObjects;
import io.kvbackup.repository.ManifestStore;
import io.kvbackup.repository.Mark;
import io.kvbackup.repository.StoredManifest;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Puts archives that have no manifest into the store. It pins them, because a prune takes an archive with neither
 * manifest nor pin for the remains of a dead writer. Safe for use by several threads.
 */
final class ArchiveUpload {
    private static final List<Mark> PIN = List.of(new Mark.Pinned());

    private final StorageClient storage;
    private final BackupDeletion deletion;

    /** @param deletion in that store */
    ArchiveUpload(StorageClient storage, BackupDeletion deletion) {
        this.storage = storage;
        this.deletion = deletion;
    }

    /**
     * Uploads an encrypted archive, and then its manifest, without which nobody could read it.
     *
     * @param manifest as it was downloaded; must belong to the name
     * @param digest of the content
     * @throws CorruptBackupException if the manifest belongs to other content, or another name
     * @throws PreconditionFailedException if there is one of that name, or its removal is not finished
     */
    void uploadEncrypted(String objectName, ContentWriter content, InputStream manifest, StreamDigest digest)
            throws IOException {
        BackupName name = BackupName.parse(objectName).orElseThrow();
        StoredManifest stored = ManifestStore.read(name, manifest);
        if (!stored.document().stored().equals(digest)) {
            throw new CorruptBackupException("the file for " + objectName + " has " + digest
                    + ", its manifest promises " + stored.document().stored() + "; it was not uploaded");
        }
        requireFree(objectName);
        arrival(objectName).withManifest(() -> put(objectName, content), () -> {
            new ManifestStore(storage).write(objectName, stored.bytes(), PutCondition.ifAbsent());
            new BackupCommit(storage, name).requireComplete(true);
        });
    }

    /**
     * Uploads an archive, pinned.
     *
     * @throws PreconditionFailedException if there is one of that name, or its removal is not finished
     */
    void upload(String objectName, ContentWriter content) throws IOException {
        requireFree(objectName);
        arrival(objectName).withoutManifest(() -> put(objectName, content));
    }

    private Arrival arrival(String objectName) {
        return new Arrival(storage, deletion, objectName, PIN);
    }

    private boolean put(String objectName, ContentWriter content) throws IOException {
        storage.upload(objectName, content, PutCondition.ifAbsent());
        return true;
    }

    /** Before anything is written beside what may be there. */
    private void requireFree(String objectName) throws IOException {
        BackupObjects there = BackupObjects.of(storage, objectName);
        if (there.removed().isPresent()) {
            throw new PreconditionFailedException("upload: a backup named " + objectName
                    + " was removed and its remains are still there; prune collects them, or take another name");
        }
        if (there.archive().isPresent() || there.manifest().isPresent()) {
            throw new PreconditionFailedException("upload: there is a backup named " + objectName + " in " + storage
                    + " already; delete it first, or take another name");
        }
    }
}

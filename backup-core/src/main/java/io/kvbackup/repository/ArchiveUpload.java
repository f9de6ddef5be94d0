package io.kvbackup.repository;

import io.kvbackup.format.StreamDigest;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Puts archives that have no manifest into the store. They are pinned, since an archive of ours that has neither is taken for
 * the remains of a dead writer. Safe for use by several threads.
 */
public final class ArchiveUpload {
    private final StorageClient storage;

    public ArchiveUpload(StorageClient storage) {
        this.storage = storage;
    }

    /**
     * Uploads an encrypted archive, and then its manifest, without which nobody could read it.
     *
     * @param manifest as it was downloaded; must belong to the name
     * @param digest of the content
     * @throws CorruptBackupException if the manifest belongs to other content, or another name
     */
    public void uploadEncrypted(String objectName, ContentWriter content, InputStream manifest, StreamDigest digest)
            throws IOException {
        BackupName name = BackupName.parse(objectName).orElseThrow();
        StoredManifest stored = ManifestStore.read(name, manifest);
        if (!stored.document().stored().equals(digest)) {
            throw new CorruptBackupException("the file for " + objectName + " has " + digest
                    + ", its manifest promises " + stored.document().stored() + "; it was not uploaded");
        }
        upload(objectName, content);
        new ManifestStore(storage).write(objectName, stored.bytes(), PutCondition.ifAbsent());
    }

    /**
     * Uploads an archive, and pins it. A death between the two leaves what it looks like: remains, to be collected.
     *
     * @throws PreconditionFailedException if there is one of that name, or its removal is not finished
     */
    public void upload(String objectName, ContentWriter content) throws IOException {
        if (BackupObjects.of(storage, objectName).removed().isPresent()) {
            throw new PreconditionFailedException("upload: a backup named " + objectName
                    + " was removed and its remains are still there; prune collects them, or take another name");
        }
        storage.upload(objectName, content, PutCondition.ifAbsent());
        Mark.Pinned pin = new Mark.Pinned();
        try {
            new MarkStore(storage).prepare(objectName, List.of(pin));
        } catch (IOException | RuntimeException e) {
            CleanUp.after(e, () -> {
                storage.delete(List.of(objectName));
                storage.delete(List.of(pin.key(objectName)));
            });
            throw e;
        }
    }
}

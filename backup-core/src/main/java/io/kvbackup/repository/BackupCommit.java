package io.kvbackup.repository;

import io.kvbackup.format.Manifest;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupMarks;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Makes an archive that lies in a store a backup, or removes it. */
public final class BackupCommit {
    private final StorageClient storage;
    private final BackupName name;
    private final List<String> notes;

    public BackupCommit(StorageClient storage, BackupName name) {
        this(storage, name, List.of());
    }

    /** @param notes names of empty objects that must be there before the backup exists */
    public BackupCommit(StorageClient storage, BackupName name, List<String> notes) {
        this.storage = storage;
        this.name = name;
        this.notes = notes;
    }

    /**
     * Tags come before the manifest, so that a backup never exists without those it was to have.
     *
     * @param mayCommit the last thing before the manifest; if it fails, there is no backup
     * @param upload how long the archive has waited for its manifest
     */
    public Backup confirm(
            Manifest manifest, byte[] manifestBytes, Set<String> tags, CommitCheck mayCommit, UploadTime upload)
            throws IOException {
        return confirm(manifest, manifestBytes, tags, mayCommit, upload, () -> {});
    }

    /**
     * The same for an archive that refers to other objects.
     *
     * @param othersAreThere asked after the manifest has been written, if that took so long that a prune may not have
     *     seen it
     */
    public Backup confirm(
            Manifest manifest,
            byte[] manifestBytes,
            Set<String> tags,
            CommitCheck mayCommit,
            UploadTime upload,
            CommitCheck othersAreThere)
            throws IOException {
        List<Mark.Tag> marks = tags.stream().map(Mark.Tag::new).toList();
        try {
            new MarkStore(storage).prepare(name.objectName(), marks);
            for (String note : notes) {
                storage.upload(note, ContentWriter.of(new byte[0]), PutCondition.none());
            }
            mayCommit.run();
            new ManifestStore(storage).write(name.objectName(), manifestBytes, PutCondition.ifAbsent());
        } catch (IOException e) {
            if (Thread.currentThread().isInterrupted()) {
                // Cancelled: whether the manifest has arrived or not, the backup is not wanted.
                withdraw(marks, e);
            } else {
                removeUnconfirmed(marks, e);
            }
            throw e;
        }
        try {
            if (!storage.traits().ownClock() || !upload.isShort()) {
                requireComplete();
                othersAreThere.run();
            }
        } catch (IOException e) {
            withdraw(marks, e);
            throw e;
        }
        return name.describe(
                manifest.stored().bytes(),
                true,
                Optional.of(StoredBackup.contents(manifest)),
                new BackupMarks(false, tags, List.of()));
    }

    /**
     * A prune takes an archive that has waited for its manifest too long for the remains of a dead writer. It writes a
     * tombstone and then looks for the manifest; this writes the manifest and then looks for a tombstone. Where the
     * store's own clock tells how old the archive is, no prune does that in the first {@link UploadTime#SHORT minutes}.
     */
    public void requireComplete() throws IOException {
        BackupObjects objects = BackupObjects.of(storage, name.objectName());
        // A listing that lags behind may not show what was just written; asking for the object itself does not lie.
        boolean gone =
                objects.archive().isEmpty() && storage.stat(name.objectName()).isEmpty();
        if (gone || objects.removed().isPresent()) {
            throw new IOException(
                    "backup " + name.objectName() + " in " + storage + " took so long that a prune took its"
                            + " archive for the remains of a dead process; take another, and give prunes a longer "
                            + "grace period");
        }
    }

    /** The same; if it is not complete, and the manifest is ours, the manifest goes again. */
    public void requireComplete(boolean ours) throws IOException {
        try {
            requireComplete();
        } catch (IOException e) {
            if (ours) {
                CleanUp.after(e, () -> storage.delete(List.of(BackupName.manifestName(name.objectName()))));
            }
            throw e;
        }
    }

    /** Takes the backup back: one that was reported as failed must not be there. */
    private void withdraw(List<Mark.Tag> marks, IOException failure) {
        CleanUp.after(failure, () -> {
            storage.delete(List.of(BackupName.manifestName(name.objectName())));
            removeArchive(marks);
        });
    }

    /**
     * An archive whose backup has failed must not be taken for one. It stays if the manifest may have arrived after
     * all.
     */
    private void removeUnconfirmed(List<Mark.Tag> marks, IOException failure) {
        CleanUp.after(failure, () -> {
            if (storage.stat(BackupName.manifestName(name.objectName())).isEmpty()) {
                removeArchive(marks);
            }
        });
    }

    private void removeArchive(List<Mark.Tag> marks) throws IOException {
        storage.delete(List.of(name.objectName()));
        storage.delete(marks.stream().map(mark -> mark.key(name.objectName())).toList());
    }
}

package io.kvbackup.repository;

import io.kvbackup.format.StreamDigest;
import io.kvbackup.model.BackupMarks;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Copies a backup into another store under the same name: the archive, then its manifest to the byte, which makes it a backup
 * there, then its pin and tags. Both ends are verified: the source while it is read, the target by reading it back.
 *
 * <p>All but a copy inside the store is conditional, so nothing that is there already is replaced; before a copy inside the
 * store, which cannot be conditional, it is asked whether there is something. A copy that broke off is completed by the next.
 * Safe for use by several threads.
 */
public final class BackupCopier {
    /** Copies one object of the source to the same key of the target, inside the store that holds both. */
    public interface InsideCopy {
        void copy(String key) throws IOException;
    }

    /** How the archive came to be in the target. */
    public enum Way {
        WAS_THERE,
        INSIDE_THE_STORE,
        THROUGH_THIS_PROCESS
    }

    private final StorageClient source;
    private final StorageClient target;
    private final Optional<InsideCopy> inside;

    /** @param inside if source and target are known to lie in one store */
    public BackupCopier(StorageClient source, StorageClient target, Optional<InsideCopy> inside) {
        this.source = source;
        this.target = target;
        this.inside = inside;
    }

    /**
     * Copies a backup.
     *
     * @throws FileAlreadyExistsException if the target has something else under that name
     * @throws CorruptBackupException if the backup is damaged, or its copy came out so; nothing is left in the target then
     */
    public Way copy(StoredArchive backup, CopyMeter meter) throws IOException {
        backup.requirePromisedSize();
        String name = backup.name().objectName();
        Optional<byte[]> manifest = backup.manifest().map(StoredManifest::bytes);
        refuseOther(name, manifest);
        Way way = copyArchive(backup, meter);
        if (manifest.isPresent()) {
            writeManifest(backup.name(), manifest.get());
        }
        if (BackupName.parse(name).isPresent()) {
            copyMarks(name, backup.marks());
        }
        return way;
    }

    /** Verifications do not travel: they say nothing of the copy. */
    private void copyMarks(String name, BackupMarks marks) throws IOException {
        MarkStore there = new MarkStore(target);
        for (String tag : marks.tags()) {
            there.tag(name, tag);
        }
        if (marks.pinned()) {
            there.pin(name);
        }
    }

    /** Looks before any byte is sent. */
    private void refuseOther(String name, Optional<byte[]> manifest) throws IOException {
        if (BackupObjects.of(target, name).removed().isPresent()) {
            throw different(name, "it was removed and its remains are being collected");
        }
        Optional<byte[]> there = new ManifestStore(target).readBytes(name);
        if (there.isPresent() && (manifest.isEmpty() || !Arrays.equals(manifest.get(), there.get()))) {
            throw different(name, "its manifest is not the same");
        }
    }

    private FileAlreadyExistsException different(String name, String how) {
        return new FileAlreadyExistsException(
                name,
                null,
                "cannot copy into " + target + ": another backup is there under that name, " + how
                        + "; remove it there, or copy into another place");
    }

    private Way copyArchive(StoredArchive backup, CopyMeter meter) throws IOException {
        String name = backup.name().objectName();
        Optional<StorageObject> there = target.stat(name);
        Optional<StreamDigest> promised = backup.promised();
        if (there.isPresent()) {
            requireEqual(
                    there.get(),
                    promised.isPresent() ? promised.get() : digest(source, backup.archive(), meter),
                    meter);
            return Way.WAS_THERE;
        }
        if (inside.isPresent()) {
            inside.get().copy(name);
            StorageObject copied = target.stat(name)
                    .orElseThrow(() -> new IOException("the copy of " + name + " in " + target
                            + " is gone as soon as it was made; does something else delete there?"));
            StreamDigest expected = promised.isPresent() ? promised.get() : digest(source, backup.archive(), meter);
            requireGood(copied, expected, meter);
            return Way.INSIDE_THE_STORE;
        }
        ArchiveTransfer transfer = new ArchiveTransfer(source, backup, meter);
        StorageObject copied;
        try {
            copied = target.upload(name, transfer, PutCondition.ifAbsent());
        } catch (PreconditionFailedException e) {
            // Somebody else copies the same: then it must be equal.
            return copyArchive(backup, meter);
        }
        requireGood(copied, transfer.digest(), meter);
        return Way.THROUGH_THIS_PROCESS;
    }

    /** Something that was there before: if it is not equal it is not ours to remove. */
    private void requireEqual(StorageObject there, StreamDigest expected, CopyMeter meter) throws IOException {
        if (there.size() != expected.bytes() || !digest(target, there, meter).equals(expected)) {
            throw different(there.key(), "its archive is not the same");
        }
    }

    /** Something that we put there: if it is not what was sent, it goes again. */
    private void requireGood(StorageObject copied, StreamDigest expected, CopyMeter meter) throws IOException {
        StreamDigest found = digest(target, copied, meter);
        if (!found.equals(expected)) {
            CorruptBackupException damage = new CorruptBackupException("the copy of archive " + copied.key() + " in "
                    + target + " has " + found + ", expected " + expected + "; it was removed again");
            CleanUp.after(damage, () -> target.delete(List.of(copied.key())));
            throw damage;
        }
    }

    private static StreamDigest digest(StorageClient store, StorageObject object, CopyMeter meter) throws IOException {
        return meter.drain(store.download(object, ByteRange.all()));
    }

    /** Looks again afterwards, since a prune of the target may have taken the archive for the remains of a dead writer. */
    private void writeManifest(BackupName backup, byte[] manifest) throws IOException {
        String name = backup.objectName();
        boolean ours = true;
        try {
            target.upload(BackupName.manifestName(name), ContentWriter.of(manifest), PutCondition.ifAbsent());
        } catch (PreconditionFailedException e) {
            refuseOther(name, Optional.of(manifest));
            ours = false;
        }
        try {
            new BackupConfirmation(target, backup).requireComplete();
        } catch (IOException e) {
            if (ours) {
                CleanUp.after(e, () -> target.delete(List.of(BackupName.manifestName(name))));
            }
            throw e;
        }
    }
}

package io.kvbackup.copy;

import io.kvbackup.format.StreamDigest;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.BackupMarks;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.repository.Arrival;
import io.kvbackup.repository.BackupCommit;
import io.kvbackup.repository.BackupDeletion;
import io.kvbackup.repository.BackupName;
import io.kvbackup.repository.BackupObjects;
import io.kvbackup.repository.CleanUp;
import io.kvbackup.repository.ManifestStore;
import io.kvbackup.repository.Mark;
import io.kvbackup.repository.StoredArchive;
import io.kvbackup.repository.StoredManifest;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Copies a backup into another store under the same name: the archive, then its pin and tags, then its manifest to the
 * byte, which makes it a backup there. It verifies both ends: the source while it reads it, the target by reading it
 * back.
 *
 * <p>Every write is conditional, so it replaces nothing; only a copy inside the store cannot be conditional, and it
 * first checks that nothing is there. The next copy completes one that broke off. Safe for use by several threads.
 */
final class BackupCopier {
    /** Copies one object of the source to the same key of the target, inside the store that holds both. */
    interface InsideCopy {
        void copy(String key) throws IOException;
    }

    private final StorageClient source;
    private final StorageClient target;
    private final BackupDeletion deletion;
    private final Optional<InsideCopy> inside;

    /**
     * @param clock tells when the remains of a failed copy were given up
     * @param inside if source and target are known to lie in one store
     */
    BackupCopier(StorageClient source, StorageClient target, Clock clock, Optional<InsideCopy> inside) {
        this.source = source;
        this.target = target;
        this.deletion = new BackupDeletion(target, clock);
        this.inside = inside;
    }

    /**
     * Copies a backup.
     *
     * @throws FileAlreadyExistsException if the target has another backup under that name
     * @throws CorruptBackupException if the backup is damaged, or its copy came out so; nothing is left in the target
     *     then
     */
    CopyReport.Way copy(StoredArchive backup, CopyMeter meter) throws IOException {
        backup.requirePromisedSize();
        backup.requireManifestOfTree();
        String name = backup.name().objectName();
        Optional<byte[]> manifest = backup.manifest().map(StoredManifest::bytes);
        refuseOther(name, manifest);
        Optional<PackCopier> packs = backup.manifest()
                .map(StoredManifest::document)
                .filter(document -> document.kind() == BackupKind.INCREMENTAL)
                .map(document -> new PackCopier(source, target, inside, document, meter));
        if (packs.isPresent()) {
            packs.get().copyMissing();
        }
        Optional<StorageObject> there = target.stat(name);
        if (there.isPresent()) {
            requireEqual(backup, there.get(), meter);
        }
        Sending sending = new Sending(backup, there.isPresent(), meter);
        if (BackupName.parse(name).isEmpty()) {
            // Other software's object: marks lie only beside names that this library knows.
            sending.put();
            if (manifest.isPresent()) {
                writeManifest(backup.name(), manifest.get(), packs);
            }
            return sending.way;
        }
        Arrival arrival = new Arrival(target, deletion, name, marks(backup.marks()));
        if (manifest.isPresent()) {
            arrival.withManifest(sending, () -> writeManifest(backup.name(), manifest.get(), packs));
        } else {
            arrival.withoutManifest(sending);
        }
        return sending.way;
    }

    private final class Sending implements Arrival.ArchiveStep {
        private final StoredArchive backup;
        private final boolean there;
        private final CopyMeter meter;
        private CopyReport.Way way = CopyReport.Way.WAS_THERE;

        private Sending(StoredArchive backup, boolean there, CopyMeter meter) {
            this.backup = backup;
            this.there = there;
            this.meter = meter;
        }

        @Override
        public boolean put() throws IOException {
            if (!there) {
                way = copyArchive(backup, meter);
            }
            return way != CopyReport.Way.WAS_THERE;
        }
    }

    /** Verifications are not copied: they prove nothing about the copy. */
    private static List<Mark> marks(BackupMarks marks) {
        List<Mark> travelling = new ArrayList<>();
        marks.tags().forEach(tag -> travelling.add(new Mark.Tag(tag)));
        if (marks.pinned()) {
            travelling.add(new Mark.Pinned());
        }
        return travelling;
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

    private CopyReport.Way copyArchive(StoredArchive backup, CopyMeter meter) throws IOException {
        String name = backup.name().objectName();
        if (inside.isPresent()) {
            inside.get().copy(name);
            StorageObject copied = target.stat(name)
                    .orElseThrow(() -> new IOException("the copy of " + name + " in " + target
                            + " is gone as soon as it was made; does something else delete there?"));
            requireGood(copied, expected(backup, meter), meter);
            return CopyReport.Way.INSIDE_THE_STORE;
        }
        ArchiveTransfer transfer = new ArchiveTransfer(source, backup, meter);
        StorageObject copied;
        try {
            copied = target.upload(name, transfer, PutCondition.ifAbsent());
        } catch (PreconditionFailedException e) {
            // Somebody else copies the same backup: then the object must be equal.
            requireEqual(backup, target.stat(name).orElseThrow(() -> e), meter);
            return CopyReport.Way.WAS_THERE;
        }
        requireGood(copied, transfer.digest(), meter);
        return CopyReport.Way.THROUGH_THIS_PROCESS;
    }

    /** The object was there before: if it is not equal, we must not remove it. */
    private void requireEqual(StoredArchive backup, StorageObject there, CopyMeter meter) throws IOException {
        StreamDigest expected = expected(backup, meter);
        if (there.size() != expected.bytes() || !digest(target, there, meter).equals(expected)) {
            throw different(there.key(), "its archive is not the same");
        }
    }

    private StreamDigest expected(StoredArchive backup, CopyMeter meter) throws IOException {
        return backup.promised().isPresent() ? backup.promised().get() : digest(source, backup.archive(), meter);
    }

    /** We put the object there: if it is not what we sent, we remove it. */
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

    /**
     * Looks again afterwards, because a prune of the target may have taken the archive for the remains of a dead
     * writer.
     */
    private void writeManifest(BackupName backup, byte[] manifest, Optional<PackCopier> packs) throws IOException {
        String name = backup.objectName();
        boolean ours = true;
        try {
            target.upload(BackupName.manifestName(name), ContentWriter.of(manifest), PutCondition.ifAbsent());
        } catch (PreconditionFailedException e) {
            refuseOther(name, Optional.of(manifest));
            ours = false;
        }
        new BackupCommit(target, backup).requireComplete(ours);
        if (packs.isPresent()) {
            try {
                packs.get().requireComplete();
            } catch (IOException e) {
                if (ours) {
                    CleanUp.after(e, () -> target.delete(List.of(BackupName.manifestName(name))));
                }
                throw e;
            }
        }
    }
}

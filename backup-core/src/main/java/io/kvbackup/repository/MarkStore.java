package io.kvbackup.repository;

import io.kvbackup.model.Verification;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Sets and removes marks. Each is an object of its own, so those who set different ones never get in each other's way.
 * Safe for use by several threads.
 */
public final class MarkStore {
    private final StorageClient storage;
    private final Optional<LeaseStore> leases;

    /** Without leases: marks on backups that a prune is about to remove are refused. */
    public MarkStore(StorageClient storage) {
        this(storage, Optional.empty());
    }

    /** With leases: pins and tags on backups that a prune is about to remove wait for it. */
    public MarkStore(StorageClient storage, LeaseStore leases) {
        this(storage, Optional.of(leases));
    }

    private MarkStore(StorageClient storage, Optional<LeaseStore> leases) {
        this.storage = storage;
        this.leases = leases;
    }

    /** Keeps a backup whatever a retention policy says. */
    public void pin(String objectName) throws IOException {
        keep(objectName, new Mark.Pinned());
    }

    /** Leaves a backup to the retention policy again. */
    public void unpin(String objectName) throws IOException {
        clear(objectName, new Mark.Pinned());
    }

    /**
     * Gives a backup a tag.
     *
     * @throws IllegalArgumentException if it cannot be part of a name; says why
     */
    public void tag(String objectName, String tag) throws IOException {
        keep(objectName, new Mark.Tag(requireTag(tag)));
    }

    /** Takes a tag away. */
    public void untag(String objectName, String tag) throws IOException {
        clear(objectName, new Mark.Tag(requireTag(tag)));
    }

    /**
     * Checks that a tag can be part of a name in every store.
     *
     * @return the tag
     * @throws IllegalArgumentException if it cannot; says why
     */
    public static String requireTag(String tag) {
        return Mark.requireTag(tag);
    }

    /**
     * Remembers a verification, in place of earlier ones of its level. The new mark is written before the old ones go,
     * so that a death between the two loses nothing.
     *
     * @param verification if it passed, with the number that was next when it began ({@link
     *     io.kvbackup.model.BackupMarks#nextSequence}): damage that somebody found meanwhile must not be forgotten.
     *     Without one, and if it failed, it gets the number that is next now
     * @throws NoSuchFileException if the backup is gone, or going
     */
    public void record(String objectName, Verification verification) throws IOException {
        BackupObjects before = requireBackup(objectName);
        Verification stored = numbered(verification, before.publicMarks().nextSequence());
        List<String> older = set(before, new Mark.Verified(stored)).marks().stream()
                .filter(each -> each.mark() instanceof Mark.Verified other && isOlder(other.verification(), stored))
                .map(each -> each.object().key())
                .toList();
        storage.delete(older);
    }

    private static Verification numbered(Verification verification, long next) {
        long wanted = verification.passed() && verification.sequence() > 0 ? verification.sequence() : next;
        return new Verification(
                verification.level(),
                verification.at().truncatedTo(ChronoUnit.MILLIS),
                verification.took(),
                verification.passed(),
                Math.min(wanted, Mark.MAX_SEQUENCE));
    }

    private static boolean isOlder(Verification other, Verification than) {
        return other.level() == than.level() && other.sequence() < than.sequence();
    }

    /** Writes marks beside an archive that nobody sees yet. */
    void prepare(String archive, Collection<? extends Mark> marks) throws IOException {
        for (Mark mark : marks) {
            write(archive, mark);
        }
    }

    private void write(String archive, Mark mark) throws IOException {
        if (Mark.parse(mark.key(archive)).isEmpty()) {
            throw new IOException("cannot remember " + mark + " beside " + archive
                    + ": no reader would understand its name, '" + mark.suffix() + "'; is the clock right?");
        }
        storage.upload(mark.key(archive), ContentWriter.of(new byte[0]), PutCondition.none());
    }

    /**
     * Looks before, so that a mark never lies beside nothing, and after: whoever removes a backup writes a tombstone
     * and then looks for marks, so at least one of the two notices the other.
     *
     * @return what lies there, the new mark included
     */
    private BackupObjects set(BackupObjects before, Mark mark) throws IOException {
        BackupCatalog.requireListed(before, storage);
        write(before.archiveName(), mark);
        return requireStill(before.archiveName(), mark);
    }

    /** What lies there now; if the backup is gone, the mark goes too. */
    private BackupObjects requireStill(String objectName, Mark mark) throws IOException {
        BackupObjects now = BackupObjects.of(storage, objectName);
        try {
            BackupCatalog.requireListed(now, storage);
        } catch (NoSuchFileException e) {
            storage.delete(List.of(mark.key(objectName)));
            throw e;
        }
        return now;
    }

    /**
     * Sets a mark that must keep the backup. If a tombstone lies there too, either a prune is about to remove the
     * backup and may or may not have seen the mark, or it has died: with the lease in hand it is known which.
     */
    private void keep(String objectName, Mark mark) throws IOException {
        if (set(requireBackup(objectName), mark).removed().isEmpty()) {
            return;
        }
        if (leases.isEmpty()) {
            throw new PreconditionFailedException("a prune of " + storage + " is about to remove " + objectName
                    + " and may not have noticed that it is to stay; look whether it is still there, and try again");
        }
        try (Lease lease = leases.get().acquireForPrune()) {
            BackupObjects now = requireStill(objectName, mark);
            lease.ensureHeld();
            storage.delete(BackupDeletion.keys(now, true));
            if (now.manifest().isPresent()) {
                requireManifest(objectName);
            }
        }
    }

    /** A request of the prune that was held up on its way may have arrived only now. */
    private void requireManifest(String objectName) throws IOException {
        if (BackupObjects.of(storage, objectName).manifest().isEmpty()) {
            throw new NoSuchFileException(
                    objectName,
                    null,
                    "the manifest of the backup was removed from " + storage
                            + " by a prune whose request arrived late; its archive is kept, but nothing tells any more"
                            + " whether it is whole");
        }
    }

    private void clear(String objectName, Mark mark) throws IOException {
        BackupCatalog.requireListed(requireBackup(objectName), storage);
        storage.delete(List.of(mark.key(objectName)));
    }

    private BackupObjects requireBackup(String objectName) throws IOException {
        if (BackupName.parse(objectName).isEmpty()) {
            throw new IllegalArgumentException(
                    "'" + objectName + "' is not a backup's name; listBackups() shows those there are");
        }
        return BackupObjects.of(storage, objectName);
    }
}

package io.kvbackup.repository;

import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Brings an archive from elsewhere into a store together with the marks that protect it. What makes it a backup comes
 * last: its manifest, or the archive itself where it has none. If a step fails, what was put there goes again, unless
 * somebody else has made it a backup meanwhile. Used by one thread.
 */
public final class Arrival {
    private final StorageClient storage;
    private final BackupDeletion deletion;
    private final String archive;
    private final Collection<? extends Mark> marks;

    public Arrival(StorageClient storage, BackupDeletion deletion, String archive, Collection<? extends Mark> marks) {
        this.storage = storage;
        this.deletion = deletion;
        this.archive = archive;
        this.marks = marks;
    }

    /** Puts the archive there. */
    public interface ArchiveStep {
        /** @return whether it was this call that did it, and not that an equal one was there */
        boolean put() throws IOException;
    }

    /** Confirms an archive by its manifest. */
    public interface ManifestStep {
        void write() throws IOException;
    }

    /** An archive that has no manifest: it is there as soon as it is written. */
    public void withoutManifest(ArchiveStep step) throws IOException {
        Set<String> before = keys(BackupObjects.of(storage, archive));
        try {
            putMarks();
            step.put();
        } catch (IOException | RuntimeException e) {
            CleanUp.after(e, () -> withdrawMarks(before));
            throw e;
        }
        requireProtected();
    }

    /** An archive with a manifest, which {@code confirmation} writes. */
    public void withManifest(ArchiveStep step, ManifestStep confirmation) throws IOException {
        boolean ours = step.put();
        try {
            putMarks();
            confirmation.write();
        } catch (IOException | RuntimeException e) {
            if (ours) {
                CleanUp.after(e, () -> deletion.abandon(archive));
            }
            throw e;
        }
    }

    private void putMarks() throws IOException {
        new MarkStore(storage).prepare(archive, marks);
    }

    /** Marks beside nothing. If an archive is there after all they may protect it. */
    private void withdrawMarks(Set<String> before) throws IOException {
        if (storage.stat(archive).isEmpty()) {
            storage.delete(marks.stream()
                    .map(mark -> mark.key(archive))
                    .filter(key -> !before.contains(key))
                    .toList());
        }
    }

    /** Looks again: a prune that ran before the archive was there takes marks that have waited for long for remains. */
    private void requireProtected() throws IOException {
        BackupObjects now = BackupObjects.of(storage, archive);
        if (now.removed().isPresent()) {
            throw new PreconditionFailedException(
                    archive + " was removed from " + storage + " while it was brought there; bring it again");
        }
        if (!keys(now).containsAll(marks.stream().map(mark -> mark.key(archive)).toList())) {
            putMarks();
        }
    }

    private static Set<String> keys(BackupObjects objects) {
        return objects.marks().stream().map(each -> each.object().key()).collect(Collectors.toSet());
    }
}

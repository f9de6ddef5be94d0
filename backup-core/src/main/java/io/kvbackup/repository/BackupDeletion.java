package io.kvbackup.repository;

import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * Removes single backups. The order lets a death at any moment leave either a backup that is whole and listed, or one
 * that is not listed and whose remains the next prune finds:
 *
 * <ol>
 *   <li>a tombstone, which says that what follows is wanted;
 *   <li>the manifest: from here on the backup does not exist;
 *   <li>the archive;
 *   <li>the other marks;
 *   <li>the tombstone.
 * </ol>
 *
 * Safe for use by several threads.
 */
public final class BackupDeletion {
    private final StorageClient storage;
    private final Clock clock;

    public BackupDeletion(StorageClient storage, Clock clock) {
        this.storage = storage;
        this.clock = clock;
    }

    /**
     * Removes a backup, pinned or not, with all that lies beside it. Completes a removal that broke off.
     *
     * @throws NoSuchFileException if there is neither archive nor manifest, nor the tombstone of a removal that broke
     *     off
     * @throws IllegalArgumentException if the name is not that of a backup; other objects are not ours to remove
     */
    public void delete(String objectName) throws IOException {
        if (BackupName.parse(objectName).isEmpty()) {
            throw new IllegalArgumentException(
                    "'" + objectName + "' is not a backup's name; listBackups() shows those there are");
        }
        BackupObjects objects = BackupObjects.of(storage, objectName);
        if (objects.archive().isEmpty()
                && objects.manifest().isEmpty()
                && objects.removed().isEmpty()) {
            throw new NoSuchFileException(objectName, null, "there is no such backup in " + storage);
        }
        bury(objectName, now());
        storage.delete(List.of(BackupName.manifestName(objectName)));
        storage.delete(List.of(objectName));
        removeMarks(BackupObjects.of(storage, objectName));
    }

    /**
     * Removes an archive that was to become a backup, with its marks, unless somebody has made it one: whoever writes a
     * manifest looks for tombstones afterwards, so that one of the two notices the other.
     */
    void abandon(String objectName) throws IOException {
        String tombstone = bury(objectName, now());
        if (storage.stat(BackupName.manifestName(objectName)).isPresent()) {
            storage.delete(List.of(tombstone));
            return;
        }
        storage.delete(List.of(objectName));
        removeMarks(BackupObjects.of(storage, objectName));
    }

    /** What tombstones written now would say. */
    public Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** Writes a tombstone, and returns its name. */
    public String bury(String objectName, Instant at) throws IOException {
        String tombstone = new Mark.Removed(at).key(objectName);
        storage.upload(tombstone, ContentWriter.of(new byte[0]), PutCondition.none());
        return tombstone;
    }

    /** Removes the marks beside an archive that is gone: the tombstones last, since they say that the rest may go. */
    void removeMarks(BackupObjects objects) throws IOException {
        storage.delete(keys(objects, false));
        storage.delete(keys(objects, true));
    }

    /** The names of the marks beside an archive: either the tombstones, or the others. */
    public static List<String> keys(BackupObjects objects, boolean tombstones) {
        return objects.marks().stream()
                .filter(each -> each.mark() instanceof Mark.Removed == tombstones)
                .map(BackupObjects.StoredMark::object)
                .map(StorageObject::key)
                .toList();
    }
}

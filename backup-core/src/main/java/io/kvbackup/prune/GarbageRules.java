package io.kvbackup.prune;

import io.kvbackup.repository.BackupName;
import io.kvbackup.repository.BackupObjects;
import io.kvbackup.repository.Mark;
import io.kvbackup.repository.UploadTime;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.time.Duration;
import java.time.Instant;

/**
 * Decides what nobody needs any more.
 *
 * @param now by the store's clock
 * @param grace younger things stay
 * @param unconfirmed archives without manifest that are younger stay
 */
record GarbageRules(Instant now, Duration grace, Duration unconfirmed) {
    /** @param store if it has no clock of its own, every writer checks whether a prune has taken its archive */
    static GarbageRules in(StorageClient store, Instant now, Duration grace) {
        boolean longer = store.traits().ownClock() && grace.compareTo(UploadTime.NEVER_REMAINS) < 0;
        return new GarbageRules(now, grace, longer ? UploadTime.NEVER_REMAINS : grace);
    }

    /** The removal of a backup began so long ago that its data can go. A manifest that has no archive came too late. */
    boolean isOver(BackupObjects objects) {
        return (objects.manifest().isEmpty() || objects.archive().isEmpty())
                && objects.removed().isPresent()
                && objects.marks().stream()
                        .filter(each -> each.mark() instanceof Mark.Removed)
                        .allMatch(each -> isOld(each.object()));
    }

    /**
     * An archive whose writer died before it could confirm it. Not an archive of other software, which its name tells,
     * or one that a person put there, which is pinned.
     */
    boolean isOrphan(BackupObjects objects) {
        return objects.manifest().isEmpty()
                && objects.archive()
                        .filter(archive -> !archive.lastModified().isAfter(now.minus(unconfirmed)))
                        .isPresent()
                && objects.marksOf(Mark.Pinned.class).findAny().isEmpty()
                && BackupName.parse(objects.archiveName())
                        .filter(BackupName::isOurs)
                        .isPresent();
    }

    /** Marks without a backup: its archive is gone, or it was deleted while somebody set them. */
    boolean areLoneMarks(BackupObjects objects) {
        return objects.archive().isEmpty()
                && objects.manifest().isEmpty()
                && (objects.removed().isPresent() || objects.marks().stream().allMatch(each -> isOld(each.object())));
    }

    /** A pack, or a mark beside one, is older than any backup takes that could need it. */
    boolean isOldPack(StorageObject object) {
        return !object.lastModified().isAfter(now.minus(unconfirmed));
    }

    boolean isOld(StorageObject object) {
        return !object.lastModified().isAfter(now.minus(grace));
    }
}

package io.kvbackup.repository;

import io.kvbackup.model.Backup;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.time.Clock;
import java.time.Instant;

/**
 * The rule for time stamps. What came before what, the store says: versions, conditions, the numbers of verifications.
 * Stamps are for people and policies, and one that lies further ahead of the store's clock than
 * {@link Backup#CLOCK_SKEW} is not credible: a backup that has one is kept and named, is no reason to remove another,
 * does not come before others when the latest is restored, and later stamps do not follow it.
 *
 * <p>A stamp is compared with the time at which the store got the archive, since by then the snapshot had been opened:
 * an incredible stamp stays so for good. A store that has no clock of its own, such as a folder, gives its writers'
 * times; there the own clock must not be passed either.
 *
 * @param ofStore whether the store has a clock of its own
 * @param now what the own clock shows
 */
public record StoreClock(boolean ofStore, Instant now) {
    public static StoreClock of(StorageClient storage, Clock own) {
        return new StoreClock(storage.traits().ownClock(), own.instant());
    }

    /** Whether a backup's stamp can be believed. */
    public boolean isCredible(Backup backup) {
        return backup.credible() && isCredible(backup.timestamp());
    }

    /** Whether the stamp of an archive can be believed. */
    boolean isCredible(BackupName name, StorageObject archive) {
        return isCredible(name.timestamp(), archive) && isCredible(name.timestamp());
    }

    private boolean isCredible(Instant stamp) {
        return ofStore || Backup.isCredible(stamp, now);
    }

    /** Whether a stamp was not ahead when the store got the object. Stores that do not tell say the epoch. */
    static boolean isCredible(Instant stamp, StorageObject object) {
        return object.lastModified().equals(Instant.EPOCH) || Backup.isCredible(stamp, object.lastModified());
    }
}

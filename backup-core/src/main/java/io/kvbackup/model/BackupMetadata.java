package io.kvbackup.model;

import java.time.Instant;
import java.util.Objects;

/**
 * Summary of one backup.
 *
 * @param timestamp when the snapshot was taken, in UTC with milliseconds
 * @param version version of the archive's wire format, {@value #CURRENT_VERSION} for archives written by this library
 * @param databaseCount databases in the backup
 * @param setCount sets in all databases together
 * @param entryCount entries in all sets together
 */
public record BackupMetadata(Instant timestamp, String version, int databaseCount, int setCount, long entryCount) {
    /** The version of archives that this library writes. */
    public static final String CURRENT_VERSION = "1.0.0";

    public BackupMetadata {
        Objects.requireNonNull(timestamp, "timestamp");
        Objects.requireNonNull(version, "version");
        if (databaseCount < 0 || setCount < 0 || entryCount < 0) {
            throw new IllegalArgumentException(
                    "negative count: databases " + databaseCount + ", sets " + setCount + ", entries " + entryCount);
        }
    }
}

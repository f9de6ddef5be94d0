package io.kvbackup.model;

import java.util.List;
import java.util.Objects;

/**
 * What a backup's manifest says.
 *
 * @param metadata summary
 * @param databases headers of the databases in the backup
 * @param sha256 digest of the archive as it lies in the store, lower-case hex
 * @param plainBytes size of the archive before compression
 */
public record BackupContents(BackupMetadata metadata, List<DatabaseBackup> databases, String sha256, long plainBytes) {
    public BackupContents {
        Objects.requireNonNull(metadata, "metadata");
        databases = List.copyOf(databases);
        Objects.requireNonNull(sha256, "sha256");
    }
}

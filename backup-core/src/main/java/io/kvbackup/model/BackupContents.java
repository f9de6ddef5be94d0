package io.kvbackup.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a backup's manifest says.
 *
 * @param metadata summary
 * @param databases headers of the databases in the backup
 * @param entryCounts entries by database and set
 * @param sha256 digest of the archive as it lies in the store, lower-case hex
 * @param plainBytes size of the archive before compression; of an incremental backup, that of its document
 * @param ownBytes of an archive, its size; of an incremental backup, that of its document and of the packs that were
 *     written since its time: what deleting it may free, if later backups do not share them
 * @param sharedBytes how much of older packs an incremental backup needs, about; 0 for an archive
 * @param changedEntries of an incremental backup, how many entries lie in chunks that were stored for it: all that have
 *     changed since the backup before, with some that lie between them; empty for an archive, and for backups of
 *     versions that did not count them. {@code BackupManager.diff} tells exactly
 * @param writer who took it; empty for backups of versions before 0.2
 */
public record BackupContents(
        BackupMetadata metadata,
        List<DatabaseBackup> databases,
        Map<String, Map<String, Long>> entryCounts,
        String sha256,
        long plainBytes,
        long ownBytes,
        long sharedBytes,
        OptionalLong changedEntries,
        Optional<Writer> writer) {
    /**
     * Who took a backup.
     *
     * @param instance the process: the instance that the host named, or the name of its machine
     * @param version of this library
     * @param store id of the store that the backup was taken into, which a copy in another store keeps; empty if it was
     *     not known yet
     */
    public record Writer(String instance, String version, Optional<String> store) {
        public Writer {
            Objects.requireNonNull(instance, "instance");
            Objects.requireNonNull(version, "version");
            Objects.requireNonNull(store, "store");
        }
    }

    public BackupContents {
        Objects.requireNonNull(metadata, "metadata");
        databases = List.copyOf(databases);
        Map<String, Map<String, Long>> counts = new LinkedHashMap<>();
        entryCounts.forEach(
                (database, sets) -> counts.put(database, Collections.unmodifiableMap(new LinkedHashMap<>(sets))));
        entryCounts = Collections.unmodifiableMap(counts);
        Objects.requireNonNull(sha256, "sha256");
        Objects.requireNonNull(changedEntries, "changedEntries");
        Objects.requireNonNull(writer, "writer");
    }
}

package io.kvbackup.repository;

import io.kvbackup.format.ArchiveShape;
import io.kvbackup.format.DatabaseContents;
import io.kvbackup.model.BackupMetadata;
import java.util.List;
import java.util.Set;

/**
 * What an archive turned out to hold when it was read.
 *
 * @param shape one bare database, or all with a summary
 * @param metadata the archive's summary, or one made from the counts
 * @param databases in order
 * @param unsortedSets names of sets whose keys did not come in order; only other software writes such archives
 */
public record StoredContents(
        ArchiveShape shape, BackupMetadata metadata, List<DatabaseContents> databases, Set<String> unsortedSets) {
    public StoredContents {
        databases = List.copyOf(databases);
        unsortedSets = Set.copyOf(unsortedSets);
    }

    public List<String> databaseNames() {
        return databases.stream().map(contents -> contents.header().name()).toList();
    }

    /** Entries in all databases together. */
    public long entryCount() {
        return databases.stream().mapToLong(DatabaseContents::entryCount).sum();
    }
}

package io.kvbackup.repository;

import io.kvbackup.database.KeyRange;
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

    /**
     * The place of a database among those of the backup.
     *
     * @param objectName of the backup
     * @throws IllegalArgumentException if it does not hold the database, or the database does not have the set
     */
    public int require(String objectName, String database, String set) {
        int position = databaseNames().indexOf(database);
        if (position < 0) {
            throw new IllegalArgumentException(
                    objectName + " holds the databases " + databaseNames() + ", not '" + database + "'");
        }
        new ReadScope(Set.of(set), KeyRange.all()).limit(databases.get(position).header());
        return position;
    }

    /** Entries in all databases together. */
    public long entryCount() {
        return databases.stream().mapToLong(DatabaseContents::entryCount).sum();
    }
}

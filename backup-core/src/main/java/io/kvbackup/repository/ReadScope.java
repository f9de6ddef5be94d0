package io.kvbackup.repository;

import io.kvbackup.database.KeyRange;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.IndexBackup;
import io.kvbackup.model.SetBackup;
import java.util.List;
import java.util.Set;

/**
 * Which part of a backup is read.
 *
 * @param databases names; empty for all
 * @param sets names in each database; empty for all
 * @param keys of each set
 */
public record ReadScope(Set<String> databases, Set<String> sets, KeyRange keys) {
    /** All of it. */
    public static final ReadScope EVERYTHING = new ReadScope(Set.of(), KeyRange.all());

    public ReadScope {
        databases = Set.copyOf(databases);
        sets = Set.copyOf(sets);
    }

    /** The same part of every database. */
    public ReadScope(Set<String> sets, KeyRange keys) {
        this(Set.of(), sets, keys);
    }

    /** The same part of certain databases, and nothing of the others. */
    public ReadScope in(Set<String> chosen) {
        return new ReadScope(chosen, sets, keys);
    }

    /** Whether anything of a set of a database is read. */
    public boolean includes(String database, String set) {
        return (databases.isEmpty() || databases.contains(database)) && includes(set);
    }

    public boolean includes(String set) {
        return sets.isEmpty() || sets.contains(set);
    }

    public boolean isWholeSets() {
        return keys.equals(KeyRange.all());
    }

    /**
     * The header with only the sets in scope and their indexes, and without access settings unless all is restored:
     * those of the live database go with the sets that stay.
     *
     * @throws IllegalArgumentException if a chosen set is not in the backup
     */
    public DatabaseBackup limit(DatabaseBackup header) {
        for (String set : sets) {
            if (!header.sets().containsKey(set)) {
                throw new IllegalArgumentException("the backup of database " + header.name() + " has no set '" + set
                        + "'; it has " + header.sets().keySet());
            }
        }
        List<SetBackup> chosen = header.sets().values().stream()
                .filter(set -> includes(set.name()))
                .toList();
        if (sets.isEmpty() && isWholeSets()) {
            return header;
        }
        List<IndexBackup> indexes = header.indexes().values().stream()
                .filter(index -> includes(index.setName()))
                .toList();
        return DatabaseBackup.of(header.name(), chosen, indexes, null);
    }
}

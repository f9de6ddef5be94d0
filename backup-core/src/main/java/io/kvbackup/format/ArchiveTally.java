package io.kvbackup.format;

import io.kvbackup.model.BackupMetadata;
import java.util.Optional;

/** What has passed of an archive so far, to be held against what its summary says. */
final class ArchiveTally {
    private int databases;
    private int sets;
    private long entries;
    private long entriesOfSet;

    void database() {
        databases++;
    }

    void set() {
        sets++;
        entriesOfSet = 0;
    }

    void entry() {
        entries++;
        entriesOfSet++;
    }

    int databases() {
        return databases;
    }

    int sets() {
        return sets;
    }

    long entries() {
        return entries;
    }

    long entriesOfSet() {
        return entriesOfSet;
    }

    /** In words, what the summary says and what has passed, if the two differ. */
    Optional<String> difference(BackupMetadata metadata) {
        if (metadata.databaseCount() == databases && metadata.setCount() == sets && metadata.entryCount() == entries) {
            return Optional.empty();
        }
        return Optional.of("metadata says " + metadata.databaseCount() + " databases, " + metadata.setCount()
                + " sets, " + metadata.entryCount() + " entries, but there are " + databases + ", " + sets + ", "
                + entries);
    }
}

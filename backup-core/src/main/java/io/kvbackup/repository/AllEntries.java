package io.kvbackup.repository;

import io.kvbackup.database.EntryCursor;

/** The entries of all sets of all databases of a backup, one set after the other. */
public interface AllEntries extends EntryCursor {
    /** The number of the set in which the entry lies, of the sets of all databases in order. */
    int set();
}

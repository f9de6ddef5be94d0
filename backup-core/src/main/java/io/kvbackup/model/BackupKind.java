package io.kvbackup.model;

/** How a backup is stored. */
public enum BackupKind {
    /** One portable archive that holds everything. */
    FULL,
    /** A tree of chunks, most of them shared with earlier backups. */
    INCREMENTAL
}

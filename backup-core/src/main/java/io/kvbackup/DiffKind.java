package io.kvbackup;

/** What happened to a key between two backups. */
public enum DiffKind {
    /** Only the later backup has it. */
    ADDED,
    /** Only the earlier backup has it. */
    REMOVED,
    /** Both have it, with different values. */
    CHANGED
}

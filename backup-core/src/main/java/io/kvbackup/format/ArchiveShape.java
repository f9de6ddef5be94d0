package io.kvbackup.format;

/** What an archive holds. */
public enum ArchiveShape {
    /** One database, bare. */
    DATABASE,
    /** Any number of databases and a summary. */
    FULL
}

package io.kvbackup.model;

/** How much a verification proves, from the cheapest level to the most expensive. */
public enum VerifyLevel {
    /** The objects are there and have the right sizes. */
    LISTED,

    /**
     * All objects were read and have the SHA-256 that the manifest promises, packs of incremental backups too. Needs no
     * key, and proves nothing about their content.
     */
    STORED,

    /** All was read, and every digest and count is as the manifest promises. */
    DIGEST,

    /** The backup was restored into a scratch database, and that had the digest and counts of the snapshot. */
    DRILL
}

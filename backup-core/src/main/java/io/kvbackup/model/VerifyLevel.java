package io.kvbackup.model;

/** How much a verification proves, from the cheapest to the dearest. */
public enum VerifyLevel {
    /** The objects are there and have the right sizes. */
    LISTED,

    /**
     * All objects were read and have the SHA-256 that the manifest promises, packs of incremental backups too. Needs no key, and says
     * nothing of what is in them.
     */
    STORED,

    /** All was read, and every digest and count is as the manifest promises. */
    DIGEST,

    /** Restored into a scratch database, whose content then had the digest and counts of the snapshot. */
    DRILL
}

package io.kvbackup.model;

/** How much a verification proves, from the cheapest to the dearest. */
public enum VerifyLevel {
    /** The objects are there and have the right sizes. */
    LISTED,

    /** All was read, and every digest and count is as the manifest promises. */
    DIGEST,

    /** Restored into a scratch database, whose content then had the digest and counts of the snapshot. */
    DRILL
}

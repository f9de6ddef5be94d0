package io.kvbackup.model;

/** One thing that a verification checked and found good. */
public enum VerifyCheck {
    /** The archive is in the store. */
    ARCHIVE_PRESENT,

    /** The manifest is there, intact by its own digest, and describes this archive. */
    MANIFEST_INTACT,

    /** The archive has the size that the manifest promises. */
    SIZE,

    /** The packs of an incremental backup are in the store, with the sizes that the manifest promises. */
    PACKS_PRESENT,

    /** The archive, and the packs of an incremental backup, have the SHA-256 that the manifest promises. */
    STORED_DIGESTS,

    /** The archive is whole and well-formed to its last byte, with each name once. */
    STRUCTURE,

    /** Length and SHA-256 of the archive, as stored and before compression, are those of the manifest. */
    DIGESTS,

    /** Databases, sets, encodings, and the number of entries in each set, are those of the manifest. */
    COUNTS,

    /** A scratch database into which the backup was restored has as many entries in each set as the backup. */
    RESTORED_COUNTS,

    /**
     * The scratch database gives back what was put into it. If there is a manifest, writing that again gives the
     * archive's content, to the byte.
     */
    RESTORED_CONTENT
}

package io.kvbackup.format;

import java.io.IOException;

/**
 * What readers refuse, to hold out against damaged and hostile input. Writers hold to the same numbers, so that nothing
 * is written that nobody can read. Limits that are a type's own stand in its constructor, which both sides go through.
 */
public final class Limits {
    /** Of a manifest, as it lies in the store: that of 500,000 sets with short names fits. */
    public static final int MANIFEST_BYTES = 64 << 20;

    /** Of the document of a tree, before it is compressed: it describes about 180,000 sets. */
    public static final int TREE_BYTES = 64 << 20;

    /** Of the record of a lease. */
    public static final int LEASE_BYTES = 64 << 10;

    /** Of the document that says what a store is. */
    public static final int STORE_BYTES = 64 << 10;

    /** Of a line of the job history: a job over 10,000 databases with the longest names fits. */
    public static final int HISTORY_LINE_BYTES = 4 << 20;

    /** How deep JSON values may be nested in archives whose entries are JSON. */
    static final int JSON_DEPTH = 1000;

    /** What one array can hold: a file in a tar archive. */
    static final int ARRAY_BYTES = Integer.MAX_VALUE - 16;

    /** A key or value in a JSON archive is read with so much around it, as it stands there, escaped or in base64. */
    static final int JSON_WINDOW_BYTES = 64 * 1024;

    private Limits() {}

    /** Refuses to write a manifest that is too long; its length grows with the sets and their names. */
    static byte[] requireManifest(byte[] manifest, String objectName) throws IOException {
        requireManifest(manifest.length, objectName);
        return manifest;
    }

    static void requireManifest(long bytes, String objectName) throws IOException {
        if (bytes > MANIFEST_BYTES) {
            throw new IOException("the manifest of " + objectName + " would have " + bytes
                    + " bytes or more, at most " + MANIFEST_BYTES
                    + " can be read again: it describes every set, index and"
                    + " database; use fewer sets, or shorter names, or split the database");
        }
    }
}

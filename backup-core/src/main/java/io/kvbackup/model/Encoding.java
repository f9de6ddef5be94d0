package io.kvbackup.model;

/** How the bytes of a key or of a value are to be understood. */
public enum Encoding {
    /** UTF-8 text. */
    TEXT,
    /** One JSON value in UTF-8. Values only. */
    JSON,
    /** Any bytes. */
    BINARY
}

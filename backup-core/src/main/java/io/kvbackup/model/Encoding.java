package io.kvbackup.model;

/** What the bytes of a key or of a value mean. */
public enum Encoding {
    /** UTF-8 text. */
    TEXT,
    /** One JSON value in UTF-8. Values only. */
    JSON,
    /** Any bytes. */
    BINARY
}

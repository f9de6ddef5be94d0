package io.kvbackup.storage.fake;

/** A request to a store; a listing counts one for each page. */
public enum StorageOperation {
    STAT,
    LIST,
    DOWNLOAD,
    UPLOAD,
    COPY,
    DELETE
}

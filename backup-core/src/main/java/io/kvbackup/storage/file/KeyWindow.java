package io.kvbackup.storage.file;

import io.kvbackup.storage.StorageKey;

/** The keys of a listing: those that start with {@code prefix} and are greater than {@code after}. */
record KeyWindow(String prefix, String after) {
    boolean contains(String key) {
        return key.startsWith(prefix) && StorageKey.ORDER.compare(key, after) > 0;
    }

    /** Whether any key that starts with {@code path}, which ends with a slash, may be in the window. */
    boolean reachesInto(String path) {
        return (path.startsWith(prefix) || prefix.startsWith(path))
                && (StorageKey.ORDER.compare(path, after) > 0 || after.startsWith(path));
    }
}

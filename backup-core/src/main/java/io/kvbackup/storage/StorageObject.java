package io.kvbackup.storage;

import java.time.Instant;
import java.util.Objects;

/**
 * What a store knows about an object without reading it.
 *
 * @param key relative to the place that the client was opened on
 * @param size in bytes
 * @param lastModified by the store's clock; good for grace periods, not for ordering backups
 * @param etag changes whenever the content is replaced; opaque
 */
public record StorageObject(String key, long size, Instant lastModified, String etag) {
    public StorageObject {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(lastModified, "lastModified");
        Objects.requireNonNull(etag, "etag");
        if (size < 0) {
            throw new IllegalArgumentException("negative size " + size + " of " + key);
        }
    }
}

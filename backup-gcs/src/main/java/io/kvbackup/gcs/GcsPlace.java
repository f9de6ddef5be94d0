package io.kvbackup.gcs;

import io.kvbackup.objectstore.NamePrefix;
import io.kvbackup.storage.StorageKey;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * Where a client keeps its objects.
 *
 * @param prefix without a slash at either end; empty for the whole bucket
 */
record GcsPlace(String bucket, String prefix) {
    GcsPlace {
        if (bucket.isEmpty()) {
            throw new IllegalArgumentException("the storage URI names no bucket; expected gs://bucket/prefix");
        }
        if (!bucket.matches("[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")) {
            throw new IllegalArgumentException("'" + bucket + "' cannot be the name of a bucket; expected"
                    + " gs://bucket/prefix, with the address of a store that is not Google's in option endpoint");
        }
        prefix = requireOneLine(NamePrefix.require(prefix));
    }

    /** The name in the bucket of the object that callers know as {@code key}. */
    String objectName(String key) {
        return start() + requireOneLine(StorageKey.require(key));
    }

    private static String requireOneLine(String key) {
        if (key.indexOf('\n') >= 0 || key.indexOf('\r') >= 0) {
            throw new IllegalArgumentException("storage key '" + key.replaceAll("[\r\n]", "?")
                    + "' contains a line break, which GCS does not allow in names; choose another key");
        }
        return key;
    }

    /** What the names of all objects of this place start with. */
    String start() {
        return prefix.isEmpty() ? "" : prefix + "/";
    }

    /** How messages name an object. */
    String describe(String key) {
        return "gs://" + bucket + "/" + start() + key;
    }

    /** A name as a segment of a path, or as a parameter, of a URL. */
    static String encode(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A");
    }

    @Override
    public String toString() {
        return "gs://" + bucket + "/" + prefix;
    }
}

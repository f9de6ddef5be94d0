package io.kvbackup.s3;

import io.kvbackup.storage.StorageKey;
import java.nio.charset.StandardCharsets;

/**
 * Where a client keeps its objects.
 *
 * @param prefix without a slash at either end; empty for the whole bucket
 */
record S3Place(String bucket, String prefix) {
    /** S3 allows keys of 1,024 bytes. */
    private static final int MAX_PREFIX_BYTES = 1_024 - StorageKey.MAX_BYTES - 1;

    S3Place {
        if (bucket.isEmpty()) {
            throw new IllegalArgumentException("the storage URI names no bucket; expected s3://bucket/prefix");
        }
        if (!bucket.matches("[A-Za-z0-9][A-Za-z0-9._-]*|arn:\\S+")) {
            throw new IllegalArgumentException("'" + bucket + "' cannot be the name of a bucket; expected"
                    + " s3://bucket/prefix, with the address of a store that is not AWS in option endpoint");
        }
        prefix = withoutEndSlash(prefix);
        if (!prefix.isEmpty()) {
            StorageKey.require(prefix);
        }
        int bytes = prefix.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_PREFIX_BYTES) {
            throw new IllegalArgumentException("prefix '" + prefix + "' is " + bytes + " bytes long in UTF-8; at most "
                    + MAX_PREFIX_BYTES + " leave room for keys");
        }
    }

    private static String withoutEndSlash(String prefix) {
        return prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
    }

    /** The name in the bucket of the object that callers know as {@code key}. */
    String objectKey(String key) {
        return start() + StorageKey.require(key);
    }

    /** What the names of all objects of this place start with. */
    String start() {
        return prefix.isEmpty() ? "" : prefix + "/";
    }

    /** How messages name an object. */
    String describe(String key) {
        return "s3://" + bucket + "/" + start() + key;
    }

    @Override
    public String toString() {
        return "s3://" + bucket + "/" + prefix;
    }
}

package io.kvbackup.s3;

import io.kvbackup.objectstore.NamePrefix;
import io.kvbackup.storage.StorageKey;

/**
 * Where a client keeps its objects.
 *
 * @param prefix without a slash at either end; empty for the whole bucket
 */
record S3Place(String bucket, String prefix) {
    S3Place {
        if (bucket.isEmpty()) {
            throw new IllegalArgumentException("the storage URI names no bucket; expected s3://bucket/prefix");
        }
        if (!bucket.matches("[A-Za-z0-9][A-Za-z0-9._-]*|arn:\\S+")) {
            throw new IllegalArgumentException("'" + bucket + "' cannot be the name of a bucket; expected"
                    + " s3://bucket/prefix, with the address of a store that is not AWS in option endpoint");
        }
        prefix = NamePrefix.require(prefix);
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

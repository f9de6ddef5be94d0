package io.kvbackup.objectstore;

import io.kvbackup.storage.StorageKey;
import java.nio.charset.StandardCharsets;

/** What the names of all objects of a client start with. */
public final class NamePrefix {
    /** S3 and GCS allow names of 1,024 bytes. */
    private static final int MAX_BYTES = 1_024 - StorageKey.MAX_BYTES - 1;

    private NamePrefix() {}

    /**
     * The prefix without a slash at its end; may be empty.
     *
     * @throws IllegalArgumentException if it cannot be one, or leaves too little room for keys
     */
    public static String require(String prefix) {
        String bare = prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
        if (!bare.isEmpty()) {
            StorageKey.require(bare);
        }
        int bytes = bare.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException("prefix '" + bare + "' is " + bytes + " bytes long in UTF-8; at most "
                    + MAX_BYTES + " leave room for keys");
        }
        return bare;
    }
}

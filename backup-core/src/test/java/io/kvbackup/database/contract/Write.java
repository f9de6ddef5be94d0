package io.kvbackup.database.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A change that the host itself makes to its database.
 *
 * @param value {@code null} to remove the key
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Write(String set, byte[] key, byte[] value) {
    public static Write put(String set, String key, String value) {
        return new Write(set, key.getBytes(UTF_8), value.getBytes(UTF_8));
    }

    public static Write put(String set, byte[] key, byte[] value) {
        return new Write(set, key, value);
    }

    public static Write delete(String set, String key) {
        return new Write(set, key.getBytes(UTF_8), null);
    }
}

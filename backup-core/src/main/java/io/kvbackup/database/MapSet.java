package io.kvbackup.database;

import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** A map of the host with the codecs of its keys and values. */
record MapSet<K, V>(SetBackup header, String place, Map<K, V> map, Codec<K> keys, Codec<V> values) {
    MapSet {
        Objects.requireNonNull(map, "map");
    }

    MapSet(String database, String name, Map<K, V> map, Codec<K> keys, Codec<V> values) {
        this(
                new SetBackup(name, keys.encoding(), values.encoding()),
                "database " + database + ", set " + name,
                map,
                keys,
                values);
    }

    void requireConcurrent() {
        if (!(map instanceof ConcurrentMap)) {
            throw new IllegalStateException(place + ": a " + map.getClass().getSimpleName()
                    + " is not safe to read while it is written; use a ConcurrentMap, or give the lock that guards it");
        }
    }

    byte[] encodeKey(@Nullable K key) throws IOException {
        if (key == null) {
            throw new IOException(place + ": a null key cannot be backed up; remove it from the map");
        }
        return encode(keys, key, "key", key);
    }

    byte[] encodeValue(K key, @Nullable V value) throws IOException {
        if (value == null) {
            throw new IOException(place + ", key " + KeyText.of(key)
                    + ": a null value cannot be backed up; remove the key from the map");
        }
        return encode(values, value, "value", key);
    }

    K decodeKey(byte[] key) throws IOException {
        return decode(keys, key, "key", key);
    }

    V decodeValue(byte[] key, byte[] value) throws IOException {
        return decode(values, value, "value", key);
    }

    private <T> byte[] encode(Codec<T> codec, T part, String what, K key) throws IOException {
        try {
            return Objects.requireNonNull(codec.encode(part), "the codec returned null");
        } catch (IOException | RuntimeException e) {
            throw new IOException(place + ", key " + KeyText.of(key) + ": cannot encode the " + what + ": " + e, e);
        }
    }

    private <T> T decode(Codec<T> codec, byte[] bytes, String what, byte[] key) throws IOException {
        try {
            return Objects.requireNonNull(codec.decode(bytes), "the codec returned null");
        } catch (IOException | RuntimeException e) {
            throw new IOException(
                    place + ", key " + KeyText.of(key) + ": cannot decode the " + what
                            + "; was it written by another codec? " + e,
                    e);
        }
    }
}

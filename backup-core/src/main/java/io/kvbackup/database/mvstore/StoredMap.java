package io.kvbackup.database.mvstore;

import io.kvbackup.database.Codec;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/** A map of a store with its data types and the codecs of its keys and values. */
record StoredMap<M extends MVMap<K, V>, K, V>(
        SetBackup header, String place, MVMap.MapBuilder<M, K, V> types, Codec<K> keys, Codec<V> values) {
    private static final int SHOWN_KEY = 64;

    StoredMap {
        Objects.requireNonNull(types, "types");
    }

    StoredMap(String database, String name, MVMap.MapBuilder<M, K, V> types, Codec<K> keys, Codec<V> values) {
        this(
                new SetBackup(name, keys.encoding(), values.encoding()),
                "database " + database + ", map " + name,
                types,
                keys,
                values);
    }

    String name() {
        return header.name();
    }

    M open(MVStore store, String mapName) {
        return store.openMap(mapName, types);
    }

    byte[] encodeKey(K key) throws IOException {
        return encode(keys, key, "key " + key);
    }

    byte[] encodeValue(byte[] key, V value) throws IOException {
        return encode(values, value, "value of key " + text(key));
    }

    void put(MVMap<K, V> map, byte[] key, byte[] value) throws IOException {
        K decodedKey = decode(keys, key, "key " + text(key));
        V decodedValue = decode(values, value, "value of key " + text(key));
        if (map.put(decodedKey, decodedValue) != null) {
            throw new IOException(place + ", key " + text(key)
                    + ": the map holds it for the same key as another one; restore with the codec and data type "
                    + "that the backup was made with");
        }
    }

    String text(byte[] key) {
        String digits = HexFormat.of().formatHex(Arrays.copyOf(key, Math.min(key.length, SHOWN_KEY)));
        return "0x" + digits + (key.length > SHOWN_KEY ? "... (" + key.length + " bytes)" : "");
    }

    private <T> byte[] encode(Codec<T> codec, T part, String what) throws IOException {
        try {
            return Objects.requireNonNull(codec.encode(part), "the codec returned null");
        } catch (IOException | RuntimeException e) {
            throw new IOException(place + ": cannot encode the " + what + ": " + e, e);
        }
    }

    private <T> T decode(Codec<T> codec, byte[] bytes, String what) throws IOException {
        try {
            return Objects.requireNonNull(codec.decode(bytes), "the codec returned null");
        } catch (IOException | RuntimeException e) {
            throw new IOException(place + ": cannot decode the " + what + "; was it written by another codec? " + e, e);
        }
    }
}

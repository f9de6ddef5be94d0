package io.kvbackup.database.mvstore;

import io.kvbackup.database.EntryVisitor;
import java.io.IOException;
import org.h2.mvstore.MVMap;
import org.jspecify.annotations.Nullable;

/** Fills a new map. Keys that come in the map's own order are appended, which leaves full pages and looks nothing up. */
final class MapLoader<K, V> implements EntryVisitor {
    private final StoredMap<?, K, V> set;
    private final MVMap<K, V> map;
    private @Nullable K last;

    MapLoader(StoredMap<?, K, V> set, MVMap<K, V> map) {
        this.set = set;
        this.map = map;
    }

    @Override
    public void visit(byte[] key, byte[] value) throws IOException {
        K decodedKey = set.decodeKey(key);
        V decodedValue = set.decodeValue(key, value);
        if (last == null || map.getKeyType().compare(last, decodedKey) < 0) {
            map.append(decodedKey, decodedValue);
            last = decodedKey;
        } else if (map.put(decodedKey, decodedValue) != null) {
            throw new IOException(set.place() + ", key " + set.text(key)
                    + ": the map holds it for the same key as another one; restore with the codec and data type that the"
                    + " backup was made with");
        }
    }
}

package io.kvbackup.database;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** New content for a map, and the way back to the old one. */
final class MapSetSwap<K, V> implements EntryVisitor {
    private final MapSet<K, V> set;
    private final Map<K, V> staged;
    private @Nullable Map<K, V> old;

    MapSetSwap(MapSet<K, V> set) {
        this.set = set;
        this.staged = likeLive();
    }

    @Override
    public void visit(byte[] key, byte[] value) throws IOException {
        K decoded = set.decodeKey(key);
        if (staged.put(decoded, set.decodeValue(key, value)) != null) {
            throw new IOException(set.place() + ": key " + KeyText.of(decoded)
                    + " comes twice, from different bytes; the map or the key codec takes different keys for one");
        }
    }

    void rememberLive() {
        Map<K, V> live = likeLive();
        live.putAll(set.map());
        old = live;
    }

    void swapIn() {
        replaceLive(staged);
    }

    void putBack() {
        if (old != null) {
            replaceLive(old);
        }
    }

    /** In this order a reader never misses a key that is there before and after. */
    private void replaceLive(Map<K, V> content) {
        set.map().putAll(content);
        set.map().keySet().retainAll(content.keySet());
    }

    /** An empty map that takes the same keys for equal as the live one. */
    private Map<K, V> likeLive() {
        return set.map() instanceof SortedMap<K, V> sorted ? new TreeMap<>(sorted.comparator()) : new LinkedHashMap<>();
    }
}

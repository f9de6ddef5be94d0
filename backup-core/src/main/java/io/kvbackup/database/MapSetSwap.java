package io.kvbackup.database;

import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** New content for a map, or for a range of its keys, and the way back to the old one. Other keys are not touched. */
final class MapSetSwap<K, V> implements EntryVisitor {
    private final MapSet<K, V> set;
    private final KeyRange keys;
    private final boolean whole;
    private final Map<K, V> staged;
    private @Nullable Map<K, V> old;

    /** @param keys those that are replaced */
    MapSetSwap(MapSet<K, V> set, KeyRange keys) {
        this.set = set;
        this.keys = keys;
        this.whole = keys.equals(KeyRange.all());
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

    private boolean isReplaced(K key) throws IOException {
        return whole || keys.contains(set.encodeKey(key));
    }

    void rememberLive() throws IOException {
        Map<K, V> live = likeLive();
        for (Map.Entry<K, V> entry : set.map().entrySet()) {
            if (isReplaced(entry.getKey())) {
                live.put(entry.getKey(), entry.getValue());
            } else if (staged.containsKey(entry.getKey())) {
                throw new IOException(set.place() + ": key " + KeyText.of((Object) entry.getKey())
                        + " is not to be restored, but the map takes one that is for the same");
            }
        }
        old = live;
    }

    void swapIn() throws IOException {
        replaceLive(staged);
    }

    void putBack() throws IOException {
        if (old != null) {
            replaceLive(old);
        }
    }

    /** In this order a reader never misses a key that is there before and after. */
    private void replaceLive(Map<K, V> content) throws IOException {
        removeTwins(content);
        set.map().putAll(content);
        removeOthersThan(content);
        if (liveSize() != content.size()) {
            // A map with an equality of its own keeps its own key objects, which are not those of the content.
            set.map().putAll(content);
        }
    }

    /** A sorted map keeps the key that it has if it takes a new one for the same, be it written differently. */
    private void removeTwins(Map<K, V> content) throws IOException {
        if (content instanceof NavigableMap<K, V> sorted) {
            for (Iterator<K> live = set.map().keySet().iterator(); live.hasNext(); ) {
                K key = live.next();
                K coming = sorted.containsKey(key) ? sorted.floorKey(key) : key;
                if (!coming.equals(key) && !Arrays.equals(set.encodeKey(coming), set.encodeKey(key))) {
                    live.remove();
                }
            }
        }
    }

    private void removeOthersThan(Map<K, V> content) throws IOException {
        for (Iterator<K> live = set.map().keySet().iterator(); live.hasNext(); ) {
            K key = live.next();
            if (!content.containsKey(key) && isReplaced(key)) {
                live.remove();
            }
        }
    }

    /** How many entries there are that were to be replaced. */
    int liveSize() throws IOException {
        if (whole) {
            return set.map().size();
        }
        int size = 0;
        for (K key : set.map().keySet()) {
            size += isReplaced(key) ? 1 : 0;
        }
        return size;
    }

    /** Maps of the host may be more than maps: they limit, filter or convert. */
    void requireSame() throws IOException {
        for (Map.Entry<K, V> entry : set.map().entrySet()) {
            V wanted = staged.get(entry.getKey());
            if (wanted == null ? isReplaced(entry.getKey()) : !isSame(entry.getKey(), entry.getValue(), wanted)) {
                throw new IOException(set.place() + ", key " + KeyText.of((Object) entry.getKey()) + ": the map shows "
                        + (wanted == null ? "a key that was not" : "another value than was") + " put into it");
            }
        }
    }

    private boolean isSame(K key, V found, V wanted) throws IOException {
        return found == wanted
                || Objects.deepEquals(found, wanted)
                || Arrays.equals(set.encodeValue(key, found), set.encodeValue(key, wanted));
    }

    /** An empty map that takes the same keys for equal as the live one. */
    private Map<K, V> likeLive() {
        return set.map() instanceof SortedMap<K, V> sorted ? new TreeMap<>(sorted.comparator()) : new LinkedHashMap<>();
    }
}

package io.kvbackup.database;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** New content for a map, and the way back to the old one. */
final class MapSetSwap<K, V> implements EntryVisitor {
    private final MapSet<K, V> set;
    private final Map<K, V> staged;
    private @Nullable Map<K, V> old;
    private int others;

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

    /** Those entries of the live map that are not restored, as they are: not by way of the codec. */
    void stageOthers(KeyRange restored) throws IOException {
        for (Map.Entry<K, V> entry : Objects.requireNonNull(old).entrySet()) {
            if (!restored.contains(set.encodeKey(entry.getKey()))) {
                if (staged.put(entry.getKey(), entry.getValue()) != null) {
                    throw new IOException(set.place() + ": key " + KeyText.of((Object) entry.getKey())
                            + " is not to be restored, but the map takes one that is for the same");
                }
                others++;
            }
        }
    }

    /** How many of them there are. */
    int others() {
        return others;
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
        if (liveSize() != content.size()) {
            // A map with an equality of its own keeps its own key objects, which are not those of the content.
            set.map().putAll(content);
        }
    }

    int liveSize() {
        return set.map().size();
    }

    /** Maps of the host may be more than maps: they limit, filter or convert. */
    void requireSame() throws IOException {
        for (Map.Entry<K, V> entry : set.map().entrySet()) {
            V wanted = staged.get(entry.getKey());
            if (wanted == null || !isSame(entry.getKey(), entry.getValue(), wanted)) {
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

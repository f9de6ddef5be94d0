package io.kvbackup.database;

import io.kvbackup.database.ChangeRecorder.Commit;
import java.io.IOException;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A map that records its changes: under a lock of the key it writes, and then records what the key holds. So the order
 * of the records is that of the writes, whatever locks the map has of its own.
 */
final class JournaledMap<K, V> extends AbstractMap<K, V> implements ConcurrentMap<K, V> {
    private static final int LOCKS = 64;

    private final ChangeRecorder recorder;
    private final String set;
    private final ConcurrentMap<K, V> map;
    private final MapSet<K, V> codecs;
    private final Object[] locks = Stream.generate(Object::new).limit(LOCKS).toArray();

    JournaledMap(ChangeRecorder recorder, String set, ConcurrentMap<K, V> map, Codec<K> keys, Codec<V> values) {
        this.recorder = recorder;
        this.set = set;
        this.map = map;
        this.codecs = new MapSet<>("of a recorder", set, map, keys, values);
    }

    private <R extends @Nullable Object> R change(K key, Predicate<R> changes, Supplier<R> write) {
        synchronized (lockOf(key)) {
            try (Commit commit = recorder.begin()) {
                K held = heldFor(key);
                R result = write.get();
                if (changes.test(result)) {
                    record(commit, held);
                }
                return result;
            }
        }
    }

    /** A sorted map may take two keys for one, and hashes tell nothing of it. */
    private Object lockOf(K key) {
        int hash = map instanceof SortedMap ? 0 : key.hashCode();
        return locks[(hash ^ (hash >>> 16)) & (LOCKS - 1)];
    }

    /** The key that the map holds for it. */
    private K heldFor(K key) {
        return map instanceof NavigableMap<K, V> sorted && sorted.containsKey(key) ? sorted.floorKey(key) : key;
    }

    private void record(Commit commit, K key) {
        try {
            V now = map.get(key);
            byte[] bytes = codecs.encodeKey(key);
            if (now == null) {
                commit.delete(set, bytes);
            } else {
                commit.put(set, bytes, codecs.encodeValue(key, now));
            }
            commit.end();
        } catch (IOException e) {
            recorder.lose("a change could not be recorded: " + e.getMessage());
        }
    }

    @Override
    public @Nullable V put(K key, V value) {
        return this.<@Nullable V>change(key, old -> true, () -> map.put(key, value));
    }

    @Override
    public @Nullable V putIfAbsent(K key, V value) {
        return this.<@Nullable V>change(key, old -> old == null, () -> map.putIfAbsent(key, value));
    }

    @Override
    @SuppressWarnings("unchecked") // if it is in the map, it is one of its keys
    public @Nullable V remove(Object key) {
        return this.<@Nullable V>change((K) key, old -> old != null, () -> map.remove(key));
    }

    @Override
    @SuppressWarnings("unchecked") // if it is in the map, it is one of its keys
    public boolean remove(Object key, Object value) {
        return this.<Boolean>change((K) key, removed -> removed, () -> map.remove(key, value));
    }

    @Override
    public @Nullable V replace(K key, V value) {
        return this.<@Nullable V>change(key, old -> old != null, () -> map.replace(key, value));
    }

    @Override
    public boolean replace(K key, V old, V value) {
        return this.<Boolean>change(key, replaced -> replaced, () -> map.replace(key, old, value));
    }

    @Override
    public @Nullable V compute(K key, BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function) {
        return this.<@Nullable V>change(key, now -> true, () -> map.compute(key, function));
    }

    @Override
    public @Nullable V computeIfAbsent(K key, Function<? super K, ? extends @Nullable V> function) {
        return this.<@Nullable V>change(key, now -> now != null, () -> map.computeIfAbsent(key, function));
    }

    @Override
    public @Nullable V computeIfPresent(K key, BiFunction<? super K, ? super V, ? extends @Nullable V> function) {
        return this.<@Nullable V>change(key, now -> true, () -> map.computeIfPresent(key, function));
    }

    @Override
    public @Nullable V merge(K key, V value, BiFunction<? super V, ? super V, ? extends @Nullable V> function) {
        return this.<@Nullable V>change(key, now -> true, () -> map.merge(key, value, function));
    }

    @Override
    public @Nullable V get(Object key) {
        return map.get(key);
    }

    @Override
    public V getOrDefault(Object key, V otherwise) {
        return map.getOrDefault(key, otherwise);
    }

    @Override
    public boolean containsKey(Object key) {
        return map.containsKey(key);
    }

    @Override
    public int size() {
        return map.size();
    }

    @Override
    public Set<Entry<K, V>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public int size() {
                return map.size();
            }

            @Override
            public boolean contains(Object entry) {
                return map.entrySet().contains(entry);
            }

            @Override
            public boolean remove(Object entry) {
                return entry instanceof Map.Entry<?, ?> one && JournaledMap.this.remove(one.getKey(), one.getValue());
            }

            @Override
            public Iterator<Entry<K, V>> iterator() {
                return new Entries(map.entrySet().iterator());
            }
        };
    }

    private final class Entries implements Iterator<Entry<K, V>> {
        private final Iterator<Entry<K, V>> all;
        private @Nullable K removable;

        private Entries(Iterator<Entry<K, V>> all) {
            this.all = all;
        }

        @Override
        public boolean hasNext() {
            return all.hasNext();
        }

        @Override
        public Entry<K, V> next() {
            Entry<K, V> next = all.next();
            removable = next.getKey();
            return new SimpleEntry<>(next) {
                @Override
                public V setValue(V value) {
                    JournaledMap.this.put(getKey(), value);
                    return super.setValue(value);
                }
            };
        }

        @Override
        public void remove() {
            if (removable == null) {
                throw new IllegalStateException("there is no entry to remove: call next() first");
            }
            JournaledMap.this.remove(removable);
            removable = null;
        }
    }
}

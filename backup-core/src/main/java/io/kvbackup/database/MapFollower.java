package io.kvbackup.database;

import io.kvbackup.disk.HeldLock;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** Makes the changes of a log in the maps of a database, commit by commit. */
final class MapFollower implements ChangeVisitor {
    private final String database;
    private final Map<String, MapSet<?, ?>> sets;
    private final @Nullable Lock lock;
    private final List<Change> changes = new ArrayList<>();

    /** @param lock held while a commit is made; null if there is none */
    MapFollower(String database, Map<String, MapSet<?, ?>> sets, @Nullable Lock lock) {
        this.database = database;
        this.sets = sets;
        this.lock = lock;
    }

    /** Made when its commit comes. */
    private interface Change {
        void make() throws IOException;
    }

    private MapSet<?, ?> set(String name) throws IOException {
        MapSet<?, ?> set = sets.get(name);
        if (set == null) {
            throw new IOException("database " + database + " has no set " + name + " to follow; it has " + sets.keySet()
                    + ": add it to its builder");
        }
        return set;
    }

    @Override
    public void put(String set, byte[] key, byte[] value) throws IOException {
        changes.add(put(set(set), key, value));
    }

    private static <K, V> Change put(MapSet<K, V> set, byte[] key, byte[] value) throws IOException {
        K decoded = set.decodeKey(key);
        V content = set.decodeValue(key, value);
        return () -> set.map().put(decoded, content);
    }

    @Override
    public void delete(String set, byte[] key) throws IOException {
        MapSet<?, ?> of = set(set);
        Object decoded = of.decodeKey(key);
        changes.add(() -> of.map().remove(decoded));
    }

    @Override
    public void deleteRange(String set, KeyRange keys) throws IOException {
        changes.add(deleteRange(set(set), keys));
    }

    private static <K, V> Change deleteRange(MapSet<K, V> set, KeyRange keys) {
        return () -> {
            for (Iterator<K> each = set.map().keySet().iterator(); each.hasNext(); ) {
                if (keys.contains(set.encodeKey(each.next()))) {
                    each.remove();
                }
            }
        };
    }

    /** Readers that take the lock see all of it or nothing. */
    @Override
    public void commit(long position, Instant time) throws IOException {
        HeldLock held = HeldLock.acquire(lock, "follow a log in database " + database);
        try {
            for (Change change : changes) {
                change.make();
            }
        } finally {
            held.close();
        }
        changes.clear();
    }
}

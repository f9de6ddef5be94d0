package io.kvbackup.examples.engine;

import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.model.Encoding;
import java.util.Arrays;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

final class MapEngine implements HostEngine {
    private final ConcurrentSkipListMap<byte[], byte[]> map = new ConcurrentSkipListMap<>(Arrays::compareUnsigned);
    private final Lock lock = new ReentrantLock(true);
    private final boolean locked;
    private final Database database;

    /** @param locked whether writers take the lock and the backup holds it */
    MapEngine(String name, boolean locked) {
        this.locked = locked;
        MapDatabase.Builder builder = MapDatabase.builder(name).set(SET, map, of(Encoding.TEXT), of(Encoding.JSON));
        database = locked ? builder.lock(lock).build() : builder.build();
    }

    private static Codec<byte[]> of(Encoding encoding) {
        return Codec.of(encoding, Function.identity(), Function.identity());
    }

    @Override
    public Database database() {
        return database;
    }

    @Override
    public void put(byte[] key, byte[] value) {
        if (!locked) {
            map.put(key, value);
            return;
        }
        lock.lock();
        try {
            map.put(key, value);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {}
}

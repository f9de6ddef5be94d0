package io.kvbackup.database.mvstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.Codec;
import io.kvbackup.database.contract.DatabaseContents;
import io.kvbackup.database.contract.Write;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.locks.ReentrantLock;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.DataType;

/** A host with two maps, which it changes together under a lock. */
class TestMvStore implements AutoCloseable {
    final MVStore store;
    private final DataType<byte[]> keys;
    private final ReentrantLock lock = new ReentrantLock(true);

    /** @param file {@code null} for a store in memory */
    TestMvStore(String file) {
        this(MVStore.open(file), ByteArrayDataType.INSTANCE);
    }

    TestMvStore(MVStore store, DataType<byte[]> keys) {
        this.store = store;
        this.keys = keys;
    }

    MvStoreDatabase.Builder builder() {
        return builder("orders");
    }

    MvStoreDatabase.Builder builder(String name) {
        return MvStoreDatabase.builder(name, store)
                .set("first", types(), Codec.bytes(), Codec.bytes())
                .set("second", types(), Codec.bytes(), Codec.bytes())
                .lock(lock);
    }

    MVMap.MapBuilder<? extends MVMap<byte[], byte[]>, byte[], byte[]> types() {
        return new MVMap.Builder<byte[], byte[]>().keyType(keys).valueType(ByteArrayDataType.INSTANCE);
    }

    MVMap<byte[], byte[]> map(String name) {
        return store.openMap(name, types());
    }

    void write(List<Write> together) {
        lock.lock();
        try {
            for (Write write : together) {
                if (write.value() == null) {
                    map(write.set()).remove(write.key());
                } else {
                    map(write.set()).put(write.key(), write.value());
                }
            }
        } finally {
            lock.unlock();
        }
    }

    NavigableMap<byte[], byte[]> read(String set) {
        NavigableMap<byte[], byte[]> live = DatabaseContents.empty();
        for (Map.Entry<byte[], byte[]> entry : map(set).entrySet()) {
            live.put(entry.getKey(), entry.getValue());
        }
        return live;
    }

    void assertNothingStaged() {
        assertThat(store.getMapNames()).isSubsetOf("first", "second");
        assertThat(store.getMetaMap().keySet())
                .as("names and maps in the store's own map")
                .filteredOn(key -> key.contains("kvbackup"))
                .isEmpty();
        assertThat(lock.isLocked()).isFalse();
    }

    @Override
    public void close() {
        store.closeImmediately();
    }
}

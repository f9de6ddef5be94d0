package io.kvbackup.database;

import io.kvbackup.database.contract.ChangeLogContract;
import io.kvbackup.database.contract.DatabaseContents;
import io.kvbackup.database.contract.DatabaseContract;
import io.kvbackup.database.contract.Write;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Nested;

class MapDatabaseContractTest {
    private static final Codec<ByteBuffer> BUFFERS = Codec.of(ByteBuffer::array, ByteBuffer::wrap);

    /** Order of the map and of the encoded keys agree. */
    @Nested
    class OfSortedMaps extends MapContract<byte[]> {
        OfSortedMaps() {
            super(new LosingMap(), new TreeMap<>(Arrays::compareUnsigned), Codec.bytes());
        }

        @Override
        public boolean loseEntries() {
            ((LosingMap) maps().get("first")).lose();
            return true;
        }
    }

    /** The map has an order, but another one. */
    @Nested
    class OfMapsSortedAnotherWay extends MapContract<byte[]> {
        OfMapsSortedAnotherWay() {
            super(new ConcurrentSkipListMap<>(Arrays::compare), new TreeMap<>(Arrays::compare), Codec.bytes());
        }
    }

    @Nested
    class OfMapsWithoutOrder extends MapContract<ByteBuffer> {
        OfMapsWithoutOrder() {
            super(new ConcurrentHashMap<>(), new HashMap<>(), BUFFERS);
        }
    }

    abstract static class MapContract<K> extends DatabaseContract implements ChangeLogContract {
        private final Map<String, Map<K, byte[]>> maps;
        private final Codec<K> keys;
        private final ReentrantLock lock = new ReentrantLock(true);
        private final ChangeRecorder recorder = ChangeRecorder.create();
        private final MapDatabase database;

        MapContract(Map<K, byte[]> first, Map<K, byte[]> second, Codec<K> keys) {
            this.maps = Map.of("first", first, "second", second);
            this.keys = keys;
            this.database = described("orders").changes(recorder).build();
        }

        private MapDatabase.Builder described(String name) {
            return MapDatabase.builder(name)
                    .set("first", maps.get("first"), keys, Codec.bytes())
                    .set("second", maps.get("second"), keys, Codec.bytes())
                    .lock(lock);
        }

        Map<String, Map<K, byte[]>> maps() {
            return maps;
        }

        @Override
        public Optional<Database> databaseNamed(String name) {
            return Optional.of(described(name).build());
        }

        @Override
        public Database database() {
            return database;
        }

        @Override
        public void write(List<Write> together) throws Exception {
            lock.lockInterruptibly();
            try (ChangeRecorder.Commit commit = recorder.begin()) {
                for (Write write : together) {
                    K key = keys.decode(write.key());
                    if (write.value() == null) {
                        maps.get(write.set()).remove(key);
                        commit.delete(write.set(), write.key());
                    } else {
                        maps.get(write.set()).put(key, write.value());
                        commit.put(write.set(), write.key(), write.value());
                    }
                }
                commit.end();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public NavigableMap<byte[], byte[]> readLive(String set) throws Exception {
            NavigableMap<byte[], byte[]> live = DatabaseContents.empty();
            for (Map.Entry<K, byte[]> entry : maps.get(set).entrySet()) {
                live.put(keys.encode(entry.getKey()), entry.getValue());
            }
            return live;
        }

        @Override
        public boolean writersWaitForSnapshots() {
            return true;
        }

        @Override
        public void assertNothingLeftBehind() {
            if (lock.isLocked()) {
                throw new AssertionError("the lock is still held: " + lock);
            }
        }
    }
}

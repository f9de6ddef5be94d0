package io.kvbackup.faults;

import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.MapDatabase;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** A database in memory that changes by chance. */
final class LiveData {
    static final String NAME = "orders";
    private static final int BLOB = 1 << 20;

    private final ConcurrentSkipListMap<String, byte[]> entries = new ConcurrentSkipListMap<>();

    Database database() {
        return MapDatabase.builder(NAME)
                .set("items", entries, Codec.utf8(), Codec.bytes())
                .build();
    }

    /** @param largeBytes how large it is now and then, in bytes that cannot be compressed */
    void change(Random random, int largeBytes) {
        entries.keySet().removeIf(key -> key.startsWith("blob") || random.nextInt(3) == 0);
        int count = random.nextInt(30);
        for (int i = 0; i < count; i++) {
            entries.put("key" + random.nextInt(100), bytes(random, random.nextInt(2_000)));
        }
        if (random.nextInt(8) == 0) {
            for (int left = largeBytes; left > 0; left -= BLOB) {
                entries.put("blob" + left, bytes(random, Math.min(left, BLOB)));
            }
        }
    }

    private static byte[] bytes(Random random, int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    Map<String, ByteBuffer> state() {
        Map<String, ByteBuffer> state = new TreeMap<>();
        entries.forEach((key, value) -> state.put(key, ByteBuffer.wrap(value)));
        return state;
    }
}

package io.kvbackup.database;

import java.util.AbstractMap;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Not a sorted map to those who ask, with an equality of keys that is not that of their objects, and values kept as
 * copies.
 */
final class ContentMap extends AbstractMap<byte[], byte[]> {
    private final Map<byte[], byte[]> map = new TreeMap<>(Arrays::compareUnsigned);

    @Override
    public byte[] put(byte[] key, byte[] value) {
        return map.put(key, value.clone());
    }

    @Override
    public byte[] get(Object key) {
        return map.get(key);
    }

    @Override
    public byte[] remove(Object key) {
        return map.remove(key);
    }

    @Override
    public Set<Entry<byte[], byte[]>> entrySet() {
        return map.entrySet();
    }
}

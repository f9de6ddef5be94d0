package io.kvbackup.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** A sorted map that, once told so, does not keep one key that it is given, as one with a filter or a limit does. */
final class LosingMap extends ConcurrentSkipListMap<byte[], byte[]> {
    private static final long serialVersionUID = 1L;

    private volatile boolean loses;

    LosingMap() {
        super(Arrays::compareUnsigned);
    }

    void lose() {
        loses = true;
    }

    @Override
    public byte[] put(byte[] key, byte[] value) {
        return loses && Arrays.equals(key, "lost".getBytes(UTF_8)) ? null : super.put(key, value);
    }

    @Override
    public void putAll(Map<? extends byte[], ? extends byte[]> all) {
        all.forEach(this::put);
    }
}

package io.kvbackup.database.mvstore;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.type.ByteArrayDataType;

/** A host's own kind of map that, once told so, does not keep one key that it is given. */
final class LosingMvMap extends MVMap<byte[], byte[]> {
    private final AtomicBoolean loses;

    private LosingMvMap(Map<String, Object> config, AtomicBoolean loses) {
        super(config, ByteArrayDataType.INSTANCE, ByteArrayDataType.INSTANCE);
        this.loses = loses;
    }

    private LosingMvMap(LosingMvMap source) {
        super(source);
        this.loses = source.loses;
    }

    static MVMap.MapBuilder<LosingMvMap, byte[], byte[]> types(AtomicBoolean loses) {
        MVMap.BasicBuilder<LosingMvMap, byte[], byte[]> types = new MVMap.BasicBuilder<>() {
            @Override
            protected LosingMvMap create(Map<String, Object> config) {
                return new LosingMvMap(config, loses);
            }
        };
        return types.keyType(ByteArrayDataType.INSTANCE).valueType(ByteArrayDataType.INSTANCE);
    }

    @Override
    protected MVMap<byte[], byte[]> cloneIt() {
        return new LosingMvMap(this);
    }

    @Override
    public byte[] put(byte[] key, byte[] value) {
        return loses.get() && Arrays.equals(key, "lost".getBytes(UTF_8)) ? null : super.put(key, value);
    }
}

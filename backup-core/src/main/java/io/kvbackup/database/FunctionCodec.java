package io.kvbackup.database;

import io.kvbackup.model.Encoding;
import java.util.Objects;
import java.util.function.Function;

record FunctionCodec<T>(Encoding encoding, Function<? super T, byte[]> encoder, Function<byte[], ? extends T> decoder)
        implements Codec<T> {
    FunctionCodec {
        Objects.requireNonNull(encoding, "encoding");
        Objects.requireNonNull(encoder, "encode");
        Objects.requireNonNull(decoder, "decode");
    }

    @Override
    public byte[] encode(T value) {
        return encoder.apply(value);
    }

    @Override
    public T decode(byte[] bytes) {
        return decoder.apply(bytes);
    }
}

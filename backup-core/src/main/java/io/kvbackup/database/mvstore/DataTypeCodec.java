package io.kvbackup.database.mvstore;

import io.kvbackup.database.Codec;
import io.kvbackup.model.Encoding;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.DataType;
import org.h2.mvstore.type.ObjectDataType;
import org.h2.mvstore.type.StringDataType;
import org.jspecify.annotations.Nullable;

/** The bytes that a data type of MVStore itself writes into the store's file. */
record DataTypeCodec<T>(DataType<T> type) implements Codec<T> {
    /** @param type {@code null} for the one that MVStore takes then, which serialises what it does not know */
    @SuppressWarnings("unchecked") // the data type says what it is of
    static <T> Codec<T> of(@Nullable DataType<T> type) {
        if (type instanceof StringDataType) {
            return (Codec<T>) Codec.utf8();
        }
        if (type instanceof ByteArrayDataType) {
            return (Codec<T>) Codec.bytes();
        }
        return new DataTypeCodec<>(type == null ? (DataType<T>) new ObjectDataType() : type);
    }

    @Override
    public byte[] encode(T value) {
        WriteBuffer written = new WriteBuffer();
        type.write(written, value);
        ByteBuffer bytes = written.getBuffer();
        byte[] encoded = new byte[bytes.position()];
        bytes.flip().get(encoded);
        return encoded;
    }

    @Override
    public T decode(byte[] bytes) throws IOException {
        ByteBuffer unread = ByteBuffer.wrap(bytes);
        T value = type.read(unread);
        if (unread.hasRemaining()) {
            throw new IOException("the data type " + type.getClass().getName() + " left " + unread.remaining() + " of "
                    + bytes.length + " bytes unread");
        }
        return value;
    }

    @Override
    public Encoding encoding() {
        return Encoding.BINARY;
    }
}

package io.kvbackup.database;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kvbackup.model.Encoding;
import java.io.IOException;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** Data binding on a mapper of our own, so that no global setting of the host changes what backups look like. */
final class JsonCodec<T> implements Codec<T> {
    private static final ObjectMapper MAPPER = JsonMapper.builder(factory())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final ObjectWriter writer;
    private final ObjectReader reader;

    JsonCodec(Type type) {
        JavaType javaType = MAPPER.constructType(type);
        writer = MAPPER.writerFor(javaType);
        reader = MAPPER.readerFor(javaType);
    }

    @Override
    public byte[] encode(T value) throws IOException {
        return writer.writeValueAsBytes(value);
    }

    @Override
    public T decode(byte[] bytes) throws IOException {
        @Nullable T value = reader.readValue(bytes);
        if (value == null) {
            throw new IOException("JSON null stands for no value");
        }
        return value;
    }

    @Override
    public Encoding encoding() {
        return Encoding.JSON;
    }

    private static JsonFactory factory() {
        // The bytes are in memory already and were written by the host: the limits against hostile input only hurt
        // here.
        return JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxStringLength(Integer.MAX_VALUE)
                        .maxNumberLength(Integer.MAX_VALUE)
                        .maxNameLength(Integer.MAX_VALUE)
                        .build())
                .build();
    }
}

package io.kvbackup.database;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.kvbackup.model.Encoding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** Data binding on a mapper of our own, so that no global setting of the host changes what backups look like. */
final class JsonCodec<T> implements Codec<T> {
    private static final ObjectMapper MAPPER = JsonMapper.builder(factory())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .addModule(new SimpleModule("kvbackup")
                    .setSerializerModifier(new JsonUntyped())
                    .addKeySerializer(String.class, new JsonNames()))
            .build();

    private final JavaType javaType;
    private final boolean untyped;
    private final ObjectWriter writer;
    private final ObjectReader reader;

    JsonCodec(Type type) {
        javaType = MAPPER.constructType(type);
        untyped = JsonUntyped.occursIn(javaType);
        writer = MAPPER.writerFor(javaType);
        reader = MAPPER.readerFor(javaType);
    }

    @Override
    public byte[] encode(T value) throws IOException {
        if (!untyped) {
            return writer.writeValueAsBytes(value);
        }
        JsonUntyped.check(value, javaType);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator to = writer.createGenerator(bytes)) {
            writer.writeValue(JsonNumbers.exact(to), value);
        }
        return bytes.toByteArray();
    }

    @Override
    public T decode(byte[] bytes) throws IOException {
        @Nullable T value;
        try (JsonParser from = reader.createParser(bytes)) {
            value = reader.readValue(JsonNumbers.exact(from));
        }
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

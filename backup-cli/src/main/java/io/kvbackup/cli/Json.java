package io.kvbackup.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes one JSON document, indented, from maps, lists and plain values. */
final class Json implements Closeable {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final JsonGenerator generator;

    private Json(JsonGenerator generator) {
        this.generator = generator;
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        generator.setPrettyPrinter(
                new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter));
    }

    /** A document on a stream, which stays open. */
    static Json on(OutputStream out) throws IOException {
        return new Json(FACTORY.createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET));
    }

    /** An object from names and values by turns. */
    static Map<String, @Nullable Object> object(@Nullable Object... namesAndValues) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return object;
    }

    Json begin() throws IOException {
        generator.writeStartObject();
        return this;
    }

    Json beginList(String name) throws IOException {
        generator.writeArrayFieldStart(name);
        return this;
    }

    Json endList() throws IOException {
        generator.writeEndArray();
        return this;
    }

    Json end() throws IOException {
        generator.writeEndObject();
        return this;
    }

    Json field(String name, @Nullable Object value) throws IOException {
        generator.writeFieldName(name);
        return write(value);
    }

    Json write(@Nullable Object value) throws IOException {
        if (value instanceof Map<?, ?> map) {
            generator.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                field(String.valueOf(entry.getKey()), entry.getValue());
            }
            generator.writeEndObject();
        } else if (value instanceof Iterable<?> list && !(value instanceof Path)) {
            generator.writeStartArray();
            for (Object each : list) {
                write(each);
            }
            generator.writeEndArray();
        } else if (value instanceof Optional<?> optional) {
            write(optional.orElse(null));
        } else if (value instanceof Boolean flag) {
            generator.writeBoolean(flag);
        } else if (value instanceof Long || value instanceof Integer) {
            generator.writeNumber(((Number) value).longValue());
        } else if (value instanceof Double number) {
            generator.writeNumber(number);
        } else if (value == null) {
            generator.writeNull();
        } else {
            generator.writeString(value.toString());
        }
        return this;
    }

    @Override
    public void close() throws IOException {
        generator.writeRaw('\n');
        generator.close();
    }
}

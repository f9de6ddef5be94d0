package io.kvbackup.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.model.CorruptBackupException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Typed access to the fields of a JSON object; whatever is missing or of another type is damage. */
final class JsonFields {
    /** Makes something of an object inside another. */
    interface Decoder<T> {
        T decode(JsonFields json) throws CorruptBackupException;
    }

    private final JsonNode node;
    private final String source;

    JsonFields(JsonNode node, String source) throws CorruptBackupException {
        this.node = node;
        this.source = source;
        if (!node.isObject()) {
            throw new CorruptBackupException(source + " is not a JSON object");
        }
    }

    String text(String field) throws CorruptBackupException {
        return require(field, JsonNode::isTextual, "a string").textValue();
    }

    long number(String field) throws CorruptBackupException {
        return require(
                        field,
                        value -> value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0,
                        "a count")
                .longValue();
    }

    int integer(String field) throws CorruptBackupException {
        return require(field, value -> value.isIntegralNumber() && value.canConvertToInt(), "an integer")
                .intValue();
    }

    boolean flag(String field) throws CorruptBackupException {
        return require(field, JsonNode::isBoolean, "true or false").booleanValue();
    }

    Instant instant(String field) throws CorruptBackupException {
        try {
            return Instant.parse(text(field));
        } catch (DateTimeException e) {
            throw new CorruptBackupException(source + ": field '" + field + "' is not a time stamp", e);
        }
    }

    <E extends Enum<E>> E constant(String field, Class<E> type) throws CorruptBackupException {
        String name = text(field);
        try {
            return Enum.valueOf(type, name);
        } catch (IllegalArgumentException e) {
            throw new CorruptBackupException(
                    source + ": field '" + field + "' has the unknown value '" + name + "'", e);
        }
    }

    boolean has(String field) {
        return node.has(field);
    }

    JsonFields object(String field) throws CorruptBackupException {
        return new JsonFields(require(field, JsonNode::isObject, "an object"), source);
    }

    /** A number of 64 bits, without sign, in 16 digits of lower-case hex. */
    long position(String field) throws CorruptBackupException {
        String text = text(field);
        if (!text.matches("[0-9a-f]{16}")) {
            throw new CorruptBackupException(
                    source + ": field '" + field + "' is '" + text + "', not 16 digits of lower-case hex");
        }
        return Long.parseUnsignedLong(text, 16);
    }

    @Nullable
    String optionalText(String field) throws CorruptBackupException {
        return node.has(field) ? text(field) : null;
    }

    Optional<JsonFields> optionalObject(String field) throws CorruptBackupException {
        return node.hasNonNull(field) ? Optional.of(object(field)) : Optional.empty();
    }

    Map<String, String> textMap(String field) throws CorruptBackupException {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> each :
                require(field, JsonNode::isObject, "an object").properties()) {
            if (!each.getValue().isTextual()) {
                throw new CorruptBackupException(source + ": field '" + field + "' holds something other than strings");
            }
            texts.put(each.getKey(), each.getValue().textValue());
        }
        return texts;
    }

    List<String> texts(String field) throws CorruptBackupException {
        List<String> texts = new ArrayList<>();
        for (JsonNode element : require(field, JsonNode::isArray, "an array")) {
            if (!element.isTextual()) {
                throw new CorruptBackupException(source + ": field '" + field + "' holds something other than strings");
            }
            texts.add(element.textValue());
        }
        return texts;
    }

    <T> List<T> objects(String field, Decoder<T> decoder) throws CorruptBackupException {
        List<T> objects = new ArrayList<>();
        for (JsonNode element : require(field, JsonNode::isArray, "an array")) {
            try {
                objects.add(decoder.decode(new JsonFields(element, source + ", in '" + field + "'")));
            } catch (IllegalArgumentException e) {
                throw new CorruptBackupException(source + ": field '" + field + "': " + e.getMessage(), e);
            }
        }
        return objects;
    }

    private JsonNode require(String field, java.util.function.Predicate<JsonNode> type, String what)
            throws CorruptBackupException {
        JsonNode value = node.get(field);
        if (value == null || !type.test(value)) {
            throw new CorruptBackupException(
                    source + ": field '" + field + "' is " + (value == null ? "missing" : "not " + what));
        }
        return value;
    }
}

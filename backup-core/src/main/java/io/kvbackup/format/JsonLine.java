package io.kvbackup.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvbackup.model.CorruptBackupException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Flat JSON objects, each on a line of its own: strings, whole numbers, and lists of strings. */
public final class JsonLine {
    private JsonLine() {}

    /**
     * The line, without its end. Line breaks within strings are escaped.
     *
     * @param fields values are {@link String}, {@link Long} or a {@link List} of strings
     */
    public static String encode(Map<String, ?> fields) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        fields.forEach((name, value) -> {
            if (value instanceof Long number) {
                json.put(name, number);
            } else if (value instanceof List<?> texts) {
                ArrayNode array = json.putArray(name);
                texts.forEach(text -> array.add((String) text));
            } else {
                json.put(name, (String) value);
            }
        });
        return json.toString();
    }

    /**
     * Reads what {@link #encode} wrote; fields of other kinds are passed over.
     *
     * @throws CorruptBackupException if the line is no JSON object
     */
    public static Map<String, Object> decode(byte[] line, String source) throws IOException {
        JsonNode tree = Documents.strict(line, source);
        if (!tree.isObject()) {
            throw new CorruptBackupException(source + " is not a JSON object");
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        tree.properties().forEach(field -> {
            JsonNode value = field.getValue();
            if (value.isTextual()) {
                fields.put(field.getKey(), value.textValue());
            } else if (value.isIntegralNumber() && value.canConvertToLong()) {
                fields.put(field.getKey(), value.longValue());
            } else if (value.isArray()) {
                List<String> texts = new ArrayList<>();
                value.forEach(text -> texts.add(text.asText()));
                fields.put(field.getKey(), texts);
            }
        });
        return fields;
    }
}

package io.kvbackup.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.model.CorruptBackupException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Typed access to the fields of an object that may have been damaged. */
final class HeaderFields {
    private final String place;
    private final JsonNode node;

    HeaderFields(String place, JsonNode node) throws CorruptBackupException {
        if (!node.isObject()) {
            throw new CorruptBackupException(place + ": expected an object, found " + node.getNodeType());
        }
        this.place = place;
        this.node = node;
    }

    Set<Map.Entry<String, JsonNode>> all() {
        return node.properties();
    }

    /** Empty if the field is missing or null. */
    Optional<JsonNode> optional(String name) {
        return Optional.ofNullable(node.get(name)).filter(value -> !value.isNull());
    }

    String text(String name) throws CorruptBackupException {
        JsonNode value = node.path(name);
        require(name, "a string", value, value.isTextual());
        return value.textValue();
    }

    int integer(String name) throws CorruptBackupException {
        JsonNode value = node.path(name);
        require(name, "an integer", value, value.isIntegralNumber() && value.canConvertToInt());
        return value.intValue();
    }

    boolean flag(String name) throws CorruptBackupException {
        JsonNode value = node.path(name);
        require(name, "true or false", value, value.isBoolean());
        return value.booleanValue();
    }

    long count(String name, long otherwise) throws CorruptBackupException {
        if (optional(name).isEmpty()) {
            return otherwise;
        }
        JsonNode value = node.path(name);
        require(name, "a count", value, value.isIntegralNumber() && value.canConvertToLong());
        return value.longValue();
    }

    /** None if the field is missing or null. */
    List<String> texts(String name) throws CorruptBackupException {
        List<String> texts = new ArrayList<>();
        if (optional(name).isPresent()) {
            JsonNode array = node.path(name);
            require(name, "an array", array, array.isArray());
            for (JsonNode element : array) {
                require(name, "an array of strings", element, element.isTextual());
                texts.add(element.textValue());
            }
        }
        return texts;
    }

    private void require(String name, String type, JsonNode value, boolean fits) throws CorruptBackupException {
        if (!fits) {
            throw new CorruptBackupException(place + ": field '" + name + "' should be " + type + " and is "
                    + (value.isMissingNode() ? "missing" : value.getNodeType()));
        }
    }
}

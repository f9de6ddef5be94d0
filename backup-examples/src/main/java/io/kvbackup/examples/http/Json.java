package io.kvbackup.examples.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** JSON as the hosts read and write it: numbers keep their digits, and what is ambiguous is refused. */
public final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private Json() {}

    /** Reads one document. */
    public static JsonNode read(byte[] text) throws IOException {
        return MAPPER.readTree(text);
    }

    /** On one line, without spaces. */
    public static byte[] write(Object value) throws IOException {
        return MAPPER.writeValueAsBytes(value);
    }

    /** The fields of a form: whole numbers as such, and those that come more than once as lists. */
    static ObjectNode form(Map<String, List<String>> values) {
        ObjectNode form = MAPPER.createObjectNode();
        values.forEach((name, all) -> {
            if (all.size() > 1 || name.equals("files")) {
                all.forEach(form.withArray(name)::add);
            } else if (all.get(0).matches("[0-9]{1,9}")) {
                form.put(name, Integer.parseInt(all.get(0)));
            } else {
                form.put(name, all.get(0));
            }
        });
        return form;
    }

    /** The body of a request, which is an object. */
    public static ObjectNode object(byte[] body) {
        try {
            if (read(body) instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException e) {
            throw HttpError.invalid("The body is not valid JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw HttpError.invalid("The body must be a JSON object, such as {\"name\": \"value\"}");
    }

    /** A text that must be there and not be empty. */
    public static String text(JsonNode body, String field) {
        return optionalText(body, field).orElseThrow(() -> HttpError.invalid("Field '" + field + "' is required"));
    }

    /** A text that may be missing; an empty one counts as missing. */
    public static Optional<String> optionalText(JsonNode body, String field) {
        JsonNode value = body.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            throw HttpError.invalid("Field '" + field + "' must be a text");
        }
        return Optional.of(value.textValue()).filter(text -> !text.isEmpty());
    }

    /** A whole number of at least so much, or another one if it is missing. */
    public static int number(JsonNode body, String field, int least, int otherwise) {
        JsonNode value = body.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.canConvertToInt() || !value.isIntegralNumber() || value.intValue() < least) {
            throw HttpError.invalid("Field '" + field + "' must be a whole number of at least " + least);
        }
        return value.intValue();
    }

    /** Texts; none if they are missing. */
    public static List<String> texts(JsonNode body, String field) {
        List<String> texts = new ArrayList<>();
        JsonNode values = body.path(field);
        if (values.isMissingNode() || values.isNull()) {
            return texts;
        }
        if (!values.isArray()) {
            throw HttpError.invalid("Field '" + field + "' must be a list of texts");
        }
        for (JsonNode value : values) {
            if (!value.isTextual() || value.textValue().isEmpty()) {
                throw HttpError.invalid("Field '" + field + "' must be a list of texts");
            }
            texts.add(value.textValue());
        }
        return texts;
    }
}

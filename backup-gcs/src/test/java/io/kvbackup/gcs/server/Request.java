package io.kvbackup.gcs.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What was asked.
 *
 * @param path its segments, decoded
 * @param parameters decoded
 * @param headers by lower-case name
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, and the array is never changed.
record Request(
        String method, List<String> path, Map<String, String> parameters, Map<String, String> headers, byte[] body) {
    /** Allowed with every method of the API; those that the server acts on are named where that is done. */
    private static final Set<String> ALWAYS = Set.of("alt", "fields", "prettyPrint", "projection", "userProject");

    static Request parse(String method, String rawPath, String rawQuery, Map<String, String> headers, byte[] body)
            throws ApiException {
        List<String> path = List.of(rawPath.substring(1).split("/", -1)).stream()
                .map(segment -> decode(segment.replace("+", "%2B")))
                .toList();
        return new Request(method, path, parameters(rawQuery), lowerCase(headers), body);
    }

    private static Map<String, String> parameters(String rawQuery) throws ApiException {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String pair : rawQuery.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (pair.isEmpty()) {
                continue;
            }
            String name = decode(equals < 0 ? pair : pair.substring(0, equals));
            if (parameters.put(name, equals < 0 ? "" : decode(pair.substring(equals + 1))) != null) {
                throw ApiException.invalid("Parameter given twice: " + name);
            }
        }
        return parameters;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static Map<String, String> lowerCase(Map<String, String> headers) {
        Map<String, String> lower = new LinkedHashMap<>();
        headers.forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT), value));
        return lower;
    }

    /** Refuses what would have no effect: a mistake of the client that the real store may pass over. */
    void allow(Set<String> names) throws ApiException {
        Set<String> unknown = new HashSet<>(parameters.keySet());
        unknown.removeAll(names);
        unknown.removeAll(ALWAYS);
        if (!unknown.isEmpty()) {
            throw new ApiException(400, "invalidParameter", "Unknown parameters: " + unknown);
        }
    }

    Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    Optional<Long> number(String name) throws ApiException {
        String value = parameters.get(name);
        if (value == null) {
            return Optional.empty();
        }
        try {
            if (value.matches("[0-9]{1,19}")) {
                return Optional.of(Long.parseLong(value));
            }
        } catch (NumberFormatException e) {
            // Refused below.
        }
        throw new ApiException(400, "invalidParameter", "Invalid value '" + value + "' for parameter " + name);
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    /** The body as a JSON object; an empty one if there is none. */
    ObjectNode json() throws ApiException {
        return json(body);
    }

    static ObjectNode json(byte[] text) throws ApiException {
        if (text.length == 0) {
            return Reply.JSON.createObjectNode();
        }
        try {
            JsonNode node = Reply.JSON.readTree(new String(text, StandardCharsets.UTF_8));
            if (node instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException e) {
            throw new ApiException(400, "parseError", "Parse Error");
        }
        throw new ApiException(400, "parseError", "Parse Error");
    }
}

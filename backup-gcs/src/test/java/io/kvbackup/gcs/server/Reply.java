package io.kvbackup.gcs.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is sent back. */
@SuppressWarnings("ArrayRecordComponent") // Never compared, and the array is never changed.
record Reply(int status, Map<String, List<String>> headers, byte[] body) {
    static final JsonMapper JSON = new JsonMapper();

    private static final String JSON_TYPE = "application/json; charset=UTF-8";

    static Reply empty(int status) {
        return new Reply(status, Map.of(), new byte[0]);
    }

    static Reply json(JsonNode json) {
        return json(200, json);
    }

    private static Reply json(int status, JsonNode json) {
        try {
            return new Reply(status, Map.of("Content-Type", List.of(JSON_TYPE)), JSON.writeValueAsBytes(json));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The body that goes with an error. A status of 304 has none. */
    static Reply error(int status, String reason, String message) {
        if (status == 304) {
            return empty(status);
        }
        ObjectNode root = JSON.createObjectNode();
        ObjectNode error = root.putObject("error").put("code", status).put("message", message);
        error.putArray("errors")
                .addObject()
                .put("message", message)
                .put("domain", "global")
                .put("reason", reason);
        return json(status, root);
    }

    Reply with(String header, String... values) {
        Map<String, List<String>> more = new LinkedHashMap<>(headers);
        more.put(header, List.of(values));
        return new Reply(status, more, body);
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }
}

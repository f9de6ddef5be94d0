package io.kvbackup.examples.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What a host answers to a request.
 *
 * @param status of HTTP
 * @param type of the content
 * @param body whole
 */
public record Answer(int status, String type, byte[] body) {
    public Answer {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(body, "body");
    }

    public static Answer json(int status, Object value) {
        try {
            return new Answer(status, "application/json", Json.write(value));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code {"status":"success","message":…}} */
    public static Answer done(String message) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("status", "success");
        fields.put("message", message);
        return json(200, fields);
    }

    /** {@code {"status":"success","message":…,"data":…}} */
    public static Answer done(String message, Object data) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("status", "success");
        fields.put("message", message);
        fields.put("data", data);
        return json(200, fields);
    }

    /** {@code {"status":"success","data":…}} */
    public static Answer data(Object data) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("status", "success");
        fields.put("data", data);
        return json(200, fields);
    }

    /** {@code {"status":"error","code":…,"message":…}} */
    public static Answer error(int status, String code, String message) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("status", "error");
        fields.put("code", code);
        fields.put("message", message);
        return json(status, fields);
    }

    public static Answer html(String page) {
        return new Answer(200, "text/html; charset=utf-8", page.getBytes(StandardCharsets.UTF_8));
    }
}

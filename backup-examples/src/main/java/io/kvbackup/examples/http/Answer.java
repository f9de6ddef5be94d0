package io.kvbackup.examples.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a host answers to a request. */
public final class Answer {
    /** Writes the body when the answer is sent. */
    @FunctionalInterface
    public interface Body {
        void writeTo(OutputStream out) throws IOException;
    }

    private final int status;
    private final String type;
    private final long length;
    private final Body body;
    private final Map<String, String> headers = new LinkedHashMap<>();

    /** @param length how many bytes the body has */
    public Answer(int status, String type, long length, Body body) {
        this.status = status;
        this.type = type;
        this.length = length;
        this.body = body;
    }

    /** Adds a header. */
    public Answer header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    private static Answer of(int status, String type, byte[] body) {
        return new Answer(status, type, body.length, out -> out.write(body));
    }

    void send(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        headers.forEach(exchange.getResponseHeaders()::set);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        if (head) {
            exchange.getResponseHeaders().set("Content-Length", Long.toString(length));
        }
        exchange.sendResponseHeaders(status, head || length == 0 ? -1 : length);
        if (!head && length > 0) {
            try (OutputStream out = exchange.getResponseBody()) {
                body.writeTo(out);
            }
        }
    }

    public static Answer json(int status, Object value) {
        try {
            return of(status, "application/json", Json.write(value));
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
        return of(200, "text/html; charset=utf-8", page.getBytes(StandardCharsets.UTF_8));
    }
}

package io.kvbackup.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads requests and writes answers. */
final class RequestHandler implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(RequestHandler.class);
    private static final int MOST_BODY_BYTES = 64 * 1024;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, String> PAGE = Map.of(
            "/", "page.html",
            "/page.js", "page.js",
            "/page.css", "page.css");
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8");

    private final Guard guard;
    private final Routes routes;

    RequestHandler(Guard guard, Routes routes) {
        this.guard = guard;
        this.routes = routes;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String method = exchange.getRequestMethod();
            String path = exchange.getRequestURI().getPath();
            try {
                String file = PAGE.get(path);
                guard.check(method, exchange.getRequestHeaders(), file != null);
                if (file != null) {
                    sendFile(exchange, method, file);
                } else {
                    Answer answer = answer(exchange, method, path);
                    send(exchange, answer.status(), "application/json", JSON.writeValueAsBytes(answer.body()));
                }
            } catch (HttpFailure e) {
                refuse(exchange, e.status(), e.getMessage());
            } catch (IllegalArgumentException | IllegalStateException e) {
                refuse(exchange, 400, e.getMessage());
            } catch (NoSuchElementException e) {
                refuse(exchange, 404, e.getMessage());
            } catch (IOException e) {
                LOG.warn("{} {} failed: {}", method, path, e.toString());
                refuse(exchange, 502, e.getMessage());
            } catch (RuntimeException e) {
                LOG.error("{} {} failed", method, path, e);
                refuse(exchange, 500, "the server has a fault; its log says more");
            }
        }
    }

    /** What is sent back. */
    record Answer(int status, JsonNode body) {}

    private Answer answer(HttpExchange exchange, String method, String path) throws IOException, HttpFailure {
        return switch (method) {
            case "GET" ->
                new Answer(200, routes.get(path, exchange.getRequestURI().getRawQuery()));
            case "POST" -> new Answer(202, routes.post(path, body(exchange)));
            default -> throw new HttpFailure(405, "use GET to look and POST to act");
        };
    }

    private static JsonNode body(HttpExchange exchange) throws IOException, HttpFailure {
        byte[] bytes;
        try (InputStream in = exchange.getRequestBody()) {
            bytes = in.readNBytes(MOST_BODY_BYTES + 1);
        }
        if (bytes.length > MOST_BODY_BYTES) {
            throw new HttpFailure(413, "a request has at most " + MOST_BODY_BYTES + " bytes");
        }
        try {
            JsonNode body = bytes.length == 0 ? JSON.createObjectNode() : JSON.readTree(bytes);
            if (body instanceof ObjectNode) {
                return body;
            }
        } catch (JsonProcessingException e) {
            throw new HttpFailure(400, "the body is not JSON: " + e.getOriginalMessage());
        }
        throw new HttpFailure(400, "the body must be a JSON object");
    }

    private static void refuse(HttpExchange exchange, int status, @Nullable String message) throws IOException {
        ObjectNode body = JSON.createObjectNode().put("error", message);
        if (status == 401) {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
        }
        if (status == 405) {
            exchange.getResponseHeaders().set("Allow", "GET, POST");
        }
        send(exchange, status, "application/json", JSON.writeValueAsBytes(body));
    }

    private static void sendFile(HttpExchange exchange, String method, String file) throws IOException, HttpFailure {
        if (!method.equals("GET") && !method.equals("HEAD")) {
            throw new HttpFailure(405, "use GET to look and POST to act");
        }
        try (InputStream in = RequestHandler.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IOException("the file " + file + " of the page is missing in the jar");
            }
            String type = TYPES.get(file.substring(file.lastIndexOf('.') + 1));
            send(exchange, 200, type, in.readAllBytes());
        }
    }

    private static void send(HttpExchange exchange, int status, @Nullable String type, byte[] body) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", type == null ? "application/octet-stream" : type);
        headers.set(
                "Content-Security-Policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none';"
                        + " form-action 'none'; frame-ancestors 'none'");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cache-Control", "no-store");
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
        if (!head) {
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        }
    }
}

package io.kvbackup.examples.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A request with the parts of its path that its route names. Used by one thread. */
public final class Request {
    /** Longer bodies that are JSON are refused. */
    public static final int MAX_JSON = 8 << 20;

    /** What is read of a body that is too long, so that the client can finish and read the answer. */
    private static final long MAX_IGNORED = 64 << 20;

    private static final Pattern AMPERSAND = Pattern.compile("&");

    private final HttpExchange exchange;
    private final Map<String, String> parts;

    Request(HttpExchange exchange, Map<String, String> parts) {
        this.exchange = exchange;
        this.parts = parts;
    }

    /** A part of the path, decoded. */
    public String part(String name) {
        return Objects.requireNonNull(parts.get(name), name);
    }

    /** Whether only the head of the answer is wanted. */
    public boolean isHead() {
        return exchange.getRequestMethod().equals("HEAD");
    }

    public Optional<String> header(String name) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
    }

    /** The values of a parameter of the query. */
    public List<String> query(String name) {
        String query = exchange.getRequestURI().getRawQuery();
        return (query == null ? Stream.<String>empty() : AMPERSAND.splitAsStream(query))
                .map(pair -> pair.contains("=") ? pair : pair + "=")
                .filter(pair -> decode(pair.substring(0, pair.indexOf('='))).equals(name))
                .map(pair -> decode(pair.substring(pair.indexOf('=') + 1)))
                .toList();
    }

    /** Decodes what is escaped in a part of an address. */
    static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw HttpError.invalid("The address is not valid: " + e.getMessage());
        }
    }

    /** The body as it comes. */
    public InputStream body() {
        return exchange.getRequestBody();
    }

    /** The body as a JSON object. */
    public ObjectNode json() throws IOException {
        return Json.object(bytes(MAX_JSON));
    }

    /** The body as a JSON object; one without fields if there is no body. */
    public ObjectNode jsonOrNone() throws IOException {
        byte[] body = bytes(MAX_JSON);
        return Json.object(body.length == 0 ? "{}".getBytes(StandardCharsets.UTF_8) : body);
    }

    /** The body as a JSON object, or else as a form, whose fields of one name become a list; it may be missing. */
    public ObjectNode fields() throws IOException {
        byte[] body = bytes(MAX_JSON);
        String text = new String(body, StandardCharsets.UTF_8).strip();
        return text.startsWith("{") || text.startsWith("[") ? Json.object(body) : form(text);
    }

    private static ObjectNode form(String text) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        AMPERSAND
                .splitAsStream(text)
                .filter(pair -> pair.contains("="))
                .forEach(pair -> values.computeIfAbsent(
                                decode(pair.substring(0, pair.indexOf('='))), name -> new ArrayList<>())
                        .add(decode(pair.substring(pair.indexOf('=') + 1))));
        return Json.form(values);
    }

    /** The whole body. */
    public byte[] bytes(int most) throws IOException {
        InputStream in = exchange.getRequestBody();
        byte[] body = in.readNBytes(most + 1);
        if (body.length > most) {
            throw new HttpError(413, "BODY_TOO_LARGE", "The body is larger than " + most + " bytes");
        }
        return body;
    }

    /** Reads on, so that the client can finish; one that sends without end is cut off. */
    static void drain(InputStream in) throws IOException {
        byte[] ignored = new byte[1 << 16];
        long rest = MAX_IGNORED;
        while (rest > 0) {
            int read = in.read(ignored);
            if (read < 0) {
                return;
            }
            rest -= read;
        }
    }

    /** Name and password of a header for basic authentication. */
    public Optional<Credentials> basicAuth(String header) {
        return header(header)
                .filter(value -> value.regionMatches(true, 0, "Basic ", 0, 6))
                .flatMap(value -> {
                    try {
                        byte[] decoded =
                                Base64.getDecoder().decode(value.substring(6).strip());
                        return Credentials.parse(new String(decoded, StandardCharsets.UTF_8));
                    } catch (IllegalArgumentException e) {
                        return Optional.empty();
                    }
                });
    }

    /** Who a client says it is. */
    public record Credentials(String username, String password) {
        static Optional<Credentials> parse(String text) {
            int colon = text.indexOf(':');
            return colon < 0
                    ? Optional.empty()
                    : Optional.of(new Credentials(text.substring(0, colon), text.substring(colon + 1)));
        }

        @Override
        public String toString() {
            return "Credentials[" + username + ", ***]";
        }
    }
}

package io.kvbackup.gcs.server;

import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** Undoes what HTTP clients of the API do to requests: compressed JSON, and long queries that travel as a form. */
final class RequestReader {
    private static final String FORM = "application/x-www-form-urlencoded";

    private RequestReader() {}

    /** @param overrides whether a method may be told in a header */
    static Request read(HttpExchange exchange, byte[] sent, boolean overrides) throws ApiException, IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, String.join(",", values)));
        String path = exchange.getRequestURI().getRawPath();
        String query = exchange.getRequestURI().getRawQuery();
        // The encoding of an upload is that of its content, and is kept.
        boolean packed =
                "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding")) && !path.startsWith("/upload");
        byte[] body = packed ? unpack(sent) : sent;
        String override = exchange.getRequestHeaders().getFirst("X-HTTP-Method-Override");
        if (override == null) {
            return Request.parse(exchange.getRequestMethod(), path, query == null ? "" : query, headers, body);
        }
        if (!overrides) {
            throw new ApiException(405, "methodNotAllowed", "The method is not allowed for the requested URL.");
        }
        String type = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
        if (!exchange.getRequestMethod().equals("POST") || !type.startsWith(FORM) || query != null) {
            throw ApiException.invalid("X-HTTP-Method-Override needs a POST with its parameters as a form");
        }
        String form = new String(body, StandardCharsets.US_ASCII);
        return Request.parse(override, path, form, headers, new byte[0]);
    }

    private static byte[] unpack(byte[] packed) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            return in.readAllBytes();
        }
    }
}

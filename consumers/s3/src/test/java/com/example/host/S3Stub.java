package com.example.host;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;

/** As much of S3 as a small backup needs, over HTTP on the loopback interface, in one bucket. */
final class S3Stub implements AutoCloseable {
    private static final String TIME = "2026-01-01T00:00:00.000Z";

    private final NavigableMap<String, byte[]> objects = new ConcurrentSkipListMap<>();
    private final HttpServer server;

    S3Stub() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/bucket", this::handle);
        server.start();
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    NavigableMap<String, byte[]> objects() {
        return objects;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String key = path.length() <= "/bucket/".length() ? "" : path.substring("/bucket/".length());
            switch (exchange.getRequestMethod()) {
                case "PUT" -> put(exchange, key);
                case "HEAD", "GET" -> get(exchange, key);
                default -> reply(exchange, 501, new byte[0]);
            }
        }
    }

    private void put(HttpExchange exchange, String key) throws IOException {
        byte[] body = body(exchange);
        boolean onlyNew = exchange.getRequestHeaders().containsKey("If-None-Match");
        String onlyThis = exchange.getRequestHeaders().getFirst("If-Match");
        boolean lost;
        synchronized (objects) {
            byte[] old = objects.get(key);
            lost = (onlyNew && old != null) || (onlyThis != null && (old == null || !etag(old).equals(onlyThis)));
            if (!lost) {
                objects.put(key, body);
            }
        }
        exchange.getResponseHeaders().add("ETag", etag(body));
        reply(exchange, lost ? 412 : 200, new byte[0]);
    }

    private void get(HttpExchange exchange, String key) throws IOException {
        if (key.isEmpty() && exchange.getRequestMethod().equals("HEAD")) {
            reply(exchange, 200, new byte[0]); // the bucket is there
            return;
        }
        if (key.isEmpty()) {
            reply(exchange, 200, list(query(exchange)).getBytes(StandardCharsets.UTF_8));
            return;
        }
        byte[] body = objects.get(key);
        if (body == null) {
            String error = "<Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>";
            reply(exchange, 404, error.getBytes(StandardCharsets.UTF_8));
            return;
        }
        exchange.getResponseHeaders().add("ETag", etag(body));
        exchange.getResponseHeaders().add("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT");
        String range = exchange.getRequestHeaders().getFirst("Range");
        if (range == null) {
            reply(exchange, 200, body);
            return;
        }
        String[] bounds = range.substring("bytes=".length()).split("-");
        int from = Integer.parseInt(bounds[0]);
        int to = bounds.length == 1 ? body.length - 1 : (int) Math.min(body.length - 1, Long.parseLong(bounds[1]));
        exchange.getResponseHeaders().add("Content-Range", "bytes " + from + "-" + to + "/" + body.length);
        reply(exchange, 206, Arrays.copyOfRange(body, from, to + 1));
    }

    private String list(Map<String, String> query) {
        String prefix = query.getOrDefault("prefix", "");
        String contents = objects.tailMap(query.getOrDefault("start-after", ""), false).entrySet().stream()
                .filter(object -> object.getKey().startsWith(prefix))
                .map(object -> "<Contents><Key>" + object.getKey() + "</Key><LastModified>" + TIME
                        + "</LastModified><ETag>" + etag(object.getValue()) + "</ETag><Size>"
                        + object.getValue().length + "</Size></Contents>")
                .collect(Collectors.joining());
        return "<ListBucketResult><Name>bucket</Name><IsTruncated>false</IsTruncated>" + contents
                + "</ListBucketResult>";
    }

    private static Map<String, String> query(HttpExchange exchange) {
        return Arrays.stream(exchange.getRequestURI().getRawQuery().split("&"))
                .map(pair -> pair.split("=", 2))
                .filter(pair -> pair.length == 2)
                .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
    }

    private static byte[] body(HttpExchange exchange) throws IOException {
        InputStream in = exchange.getRequestBody();
        String digest = exchange.getRequestHeaders().getFirst("x-amz-content-sha256");
        return digest != null && digest.startsWith("STREAMING-") ? unchunk(in) : in.readAllBytes();
    }

    /**
     * The {@code aws-chunked} encoding: a hexadecimal length and a signature, then the data, until length 0; then
     * trailers.
     */
    private static byte[] unchunk(InputStream in) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        while (true) {
            int length = Integer.parseInt(line(in).split(";")[0], 16);
            if (length == 0) {
                in.readAllBytes();
                return out.toByteArray();
            }
            out.write(in.readNBytes(length));
            line(in);
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n' && c >= 0; c = in.read()) {
            line.append((char) c);
        }
        return line.toString().strip();
    }

    private static String etag(byte[] body) {
        return "\"" + Integer.toHexString(Arrays.hashCode(body)) + "\"";
    }

    private static void reply(HttpExchange exchange, int status, byte[] body) throws IOException {
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().add("Content-Length", String.valueOf(body.length));
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

package io.kvbackup.gcs.server;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Several requests in one, of type {@code multipart/mixed}; each gets its own answer. */
final class BatchRequest {
    /** Answers one of the requests. */
    @FunctionalInterface
    interface Handler {
        Reply handle(Request request);
    }

    private static final int MAX_PARTS = 100;
    private static final Pattern BOUNDARY = Pattern.compile(";\\s*boundary=(?:\"([^\"]+)\"|([^;\\s]+))");
    private static final String ANSWER_BOUNDARY = "batch_answers";

    private BatchRequest() {}

    static Reply handle(Request request, Handler handler) throws ApiException {
        Matcher boundary = BOUNDARY.matcher(request.header("content-type").orElse(""));
        if (!boundary.find()) {
            throw ApiException.invalid("A batch needs content type multipart/mixed with a boundary");
        }
        String delimiter = "--" + (boundary.group(1) == null ? boundary.group(2) : boundary.group(1));
        List<String> parts = parts(new String(request.body(), StandardCharsets.UTF_8), delimiter);
        if (parts.size() > MAX_PARTS) {
            throw ApiException.invalid("The batch has " + parts.size() + " requests; at most " + MAX_PARTS);
        }
        StringBuilder answers = new StringBuilder();
        for (String part : parts) {
            answers.append("--").append(ANSWER_BOUNDARY).append("\r\n").append(answer(part, handler));
        }
        answers.append("--").append(ANSWER_BOUNDARY).append("--\r\n");
        return new Reply(
                200,
                Map.of("Content-Type", List.of("multipart/mixed; boundary=" + ANSWER_BOUNDARY)),
                answers.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> parts(String body, String delimiter) {
        List<String> parts = new ArrayList<>();
        for (String part : body.split(Pattern.quote(delimiter), -1)) {
            if (!part.isBlank() && !part.startsWith("--")) {
                parts.add(part.strip());
            }
        }
        return parts;
    }

    private static String answer(String part, Handler handler) throws ApiException {
        String[] outer = part.split("\r\n\r\n", 2);
        Map<String, String> outerHeaders = headers(outer[0].split("\r\n", -1), 0);
        if (outer.length < 2 || !"application/http".equals(outerHeaders.get("content-type"))) {
            throw ApiException.invalid("Each part of a batch must be of type application/http");
        }
        Reply reply = handler.handle(inner(outer[1]));
        StringBuilder answer = new StringBuilder("Content-Type: application/http\r\n");
        String id = outerHeaders.get("content-id");
        if (id != null) {
            answer.append("Content-ID: <response-")
                    .append(id.replaceAll("[<>]", ""))
                    .append(">\r\n");
        }
        answer.append("\r\nHTTP/1.1 ").append(reply.status()).append(" Status\r\n");
        reply.headers()
                .forEach((name, values) -> values.forEach(
                        value -> answer.append(name).append(": ").append(value).append("\r\n")));
        return answer.append("Content-Length: ")
                .append(reply.body().length)
                .append("\r\n\r\n")
                .append(reply.text())
                .append("\r\n")
                .toString();
    }

    private static Request inner(String http) throws ApiException {
        String[] head = http.split("\r\n\r\n", 2);
        String[] lines = head[0].split("\r\n", -1);
        String[] first = lines[0].split(" ", -1);
        if (first.length < 2) {
            throw ApiException.invalid("Malformed request in a batch: " + lines[0]);
        }
        String target = first[1].replaceFirst("^https?://[^/]+", "");
        int query = target.indexOf('?');
        byte[] body = head.length == 1 ? new byte[0] : head[1].strip().getBytes(StandardCharsets.UTF_8);
        Request request = Request.parse(
                first[0],
                query < 0 ? target : target.substring(0, query),
                query < 0 ? "" : target.substring(query + 1),
                headers(lines, 1),
                body);
        if (!request.path().get(0).equals("storage") || request.parameters().containsValue("media")) {
            throw ApiException.invalid("A batch takes no uploads and no downloads: " + lines[0]);
        }
        return request;
    }

    private static Map<String, String> headers(String[] lines, int from) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = from; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                headers.put(
                        lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                        lines[i].substring(colon + 1).strip());
            }
        }
        return headers;
    }
}

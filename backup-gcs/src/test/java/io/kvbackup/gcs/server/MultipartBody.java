package io.kvbackup.gcs.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A body of type {@code multipart/related}: properties first, content second. */
@SuppressWarnings("ArrayRecordComponent") // Never compared, and the array is never changed.
record MultipartBody(ObjectNode properties, String contentType, byte[] content) {
    private static final Pattern BOUNDARY = Pattern.compile(";\\s*boundary=(?:\"([^\"]+)\"|([^;\\s]+))");

    static MultipartBody parse(Request request) throws ApiException {
        String type = request.header("content-type").orElse("");
        Matcher boundary = BOUNDARY.matcher(type);
        if (!type.toLowerCase(Locale.ROOT).startsWith("multipart/related") || !boundary.find()) {
            throw ApiException.invalid("Multipart upload needs content type multipart/related with a boundary");
        }
        String name = boundary.group(1) == null ? boundary.group(2) : boundary.group(1);
        // Latin-1 maps bytes to characters one by one.
        String body = new String(request.body(), StandardCharsets.ISO_8859_1);
        String delimiter = "--" + name;
        int first = body.indexOf(delimiter);
        int second = body.indexOf("\r\n" + delimiter, first + 1);
        int third = body.indexOf("\r\n" + delimiter, second + 1);
        if (first != 0 || second < 0 || third < 0 || !body.startsWith("--", third + 2 + delimiter.length())) {
            throw ApiException.invalid("Malformed multipart body");
        }
        String head = body.substring(delimiter.length() + 2, second);
        String rest = body.substring(second + 2 + delimiter.length() + 2, third);
        byte[] json = bytes(requireType(head, "application/json"));
        return new MultipartBody(Request.json(json), type(rest), bytes(content(rest)));
    }

    private static String requireType(String part, String type) throws ApiException {
        if (!type(part).startsWith(type)) {
            throw ApiException.invalid("The first part must be of type " + type);
        }
        return content(part);
    }

    private static String type(String part) {
        return Arrays.stream(
                        part.substring(0, Math.max(0, part.indexOf("\r\n\r\n"))).split("\r\n", -1))
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-type:"))
                .map(line -> line.substring("content-type:".length()).strip())
                .findFirst()
                .orElse("");
    }

    private static String content(String part) throws ApiException {
        int end = part.indexOf("\r\n\r\n");
        if (end < 0) {
            throw ApiException.invalid("Malformed multipart body: a part without headers");
        }
        return part.substring(end + 4);
    }

    private static byte[] bytes(String latin1) {
        return latin1.getBytes(StandardCharsets.ISO_8859_1);
    }
}

package io.kvbackup.gcs.server;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Answers of a server that says as little as it may: nothing about objects that were uploaded, nothing with a chunk
 * about how much it has kept, places without a host, names of headers in lower case.
 */
final class TerseReply {
    private TerseReply() {}

    static Reply of(Request request, Reply reply) {
        if (!request.path().get(0).equals("upload")) {
            return reply;
        }
        boolean chunk = reply.status() == 308
                && !request.header("content-range").orElse("").startsWith("bytes */");
        Map<String, List<String>> headers = new LinkedHashMap<>();
        reply.headers().forEach((name, values) -> {
            if (!chunk || !name.equals("Range")) {
                headers.put(name.toLowerCase(Locale.ROOT), shorten(name, values));
            }
        });
        return new Reply(reply.status(), headers, reply.status() == 200 ? new byte[0] : reply.body());
    }

    private static List<String> shorten(String name, List<String> values) {
        return name.equals("Location") ? List.of(values.get(0).replaceFirst("^http://[^/]*", "")) : values;
    }
}

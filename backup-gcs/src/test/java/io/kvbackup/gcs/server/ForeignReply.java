package io.kvbackup.gcs.server;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How servers from elsewhere hear and speak: see {@link GcsServer#foreign}. */
final class ForeignReply {
    private ForeignReply() {}

    /** What is left of a request when all has been dropped that the server does not know. */
    static Request heard(Request request) {
        if (!"media".equals(request.parameters().get("alt"))) {
            return request;
        }
        Map<String, String> parameters = new LinkedHashMap<>(request.parameters());
        parameters.remove("ifGenerationMatch");
        return new Request(request.method(), request.path(), parameters, request.headers(), request.body());
    }

    /** Whole contents come with a range, too, which of an empty object is none that there can be. */
    static Reply told(Reply reply) {
        boolean whole = reply.status() == 200 && reply.headers().containsKey("X-Goog-Stored-Content-Length");
        int length = reply.body().length;
        return whole ? reply.with("Content-Range", "bytes 0-" + (length - 1) + "/" + length) : reply;
    }

    static Reply refusal(Request request, ApiException e) {
        if (e.status() != 404) {
            return Reply.error(e.status(), e.reason(), String.valueOf(e.getMessage()));
        }
        boolean object = request.path().size() > 5;
        if (object) {
            return Reply.error(
                    404,
                    "notFound",
                    "Live version of object " + request.path().get(3) + "/"
                            + request.path().get(5) + " does not exist.");
        }
        return new Reply(
                404, Map.of("Content-Type", List.of("text/plain")), "Not Found".getBytes(StandardCharsets.UTF_8));
    }
}

package io.kvbackup.gcs.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.Set;

/** Starts uploads: simple and multipart ones are complete with it. */
final class InsertObject {
    private static final Set<String> PARAMETERS = parameters();

    private InsertObject() {}

    private static Set<String> parameters() {
        Set<String> names = new HashSet<>(Preconditions.NAMES);
        names.addAll(Set.of("uploadType", "name", "kmsKeyName", "contentEncoding", "upload_id"));
        return names;
    }

    static Reply handle(Bucket bucket, Request request, ResumableSessions sessions) throws ApiException {
        request.allow(PARAMETERS);
        return switch (request.parameter("uploadType").orElse("")) {
            case "media" -> simple(bucket, request);
            case "multipart" -> multipart(bucket, request);
            case "resumable" -> sessions.open(bucket, request);
            default -> throw ApiException.invalid("uploadType must be media, multipart or resumable");
        };
    }

    private static Reply simple(Bucket bucket, Request request) throws ApiException {
        if (request.parameter("name").isEmpty()) {
            throw new ApiException(400, "required", "Required parameter: name");
        }
        ObjectNode properties = Reply.JSON.createObjectNode();
        request.header("content-type").ifPresent(type -> properties.put("contentType", type));
        return write(bucket, request, properties, request.body());
    }

    private static Reply multipart(Bucket bucket, Request request) throws ApiException {
        MultipartBody body = MultipartBody.parse(request);
        ObjectNode properties = body.properties();
        if (!properties.has("contentType") && !body.contentType().isEmpty()) {
            properties.put("contentType", body.contentType());
        }
        return write(bucket, request, properties, body.content());
    }

    private static Reply write(Bucket bucket, Request request, ObjectNode properties, byte[] content)
            throws ApiException {
        if (request.header("x-goog-hash").isPresent()) {
            Checksums.requireHeader(content, request.header("x-goog-hash").get());
        }
        ObjectInfo info = ObjectInfo.of(request, properties);
        return Reply.json(bucket.put(info, content, Preconditions.of(request)).json());
    }
}

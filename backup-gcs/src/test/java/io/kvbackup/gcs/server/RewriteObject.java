package io.kvbackup.gcs.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Copies inside the store: large objects by several requests, linked by tokens. */
final class RewriteObject {
    private static final Set<String> PARAMETERS = parameters();
    private static final long MIB = 1 << 20;

    private final Map<String, Long> tokens = new ConcurrentHashMap<>();
    private volatile long bytesPerCall = Long.MAX_VALUE;

    private static Set<String> parameters() {
        Set<String> names = new HashSet<>(Preconditions.NAMES);
        names.addAll(Preconditions.SOURCE_NAMES);
        names.addAll(Set.of("sourceGeneration", "rewriteToken", "maxBytesRewrittenPerCall", "destinationKmsKeyName"));
        return names;
    }

    void bytesPerCall(long bytes) {
        bytesPerCall = bytes;
    }

    Reply handle(Bucket from, String source, Bucket to, String target, Request request) throws ApiException {
        request.allow(PARAMETERS);
        StoredObject object = from.get(source, request.number("sourceGeneration"));
        Preconditions.ofSource(request).requireForWrite(object);
        Preconditions conditions = Preconditions.of(request);
        to.check(target, conditions);
        long size = object.content().length;
        long done = done(request, object) + perCall(request);
        ObjectNode json = Reply.JSON
                .createObjectNode()
                .put("kind", "storage#rewriteResponse")
                .put("objectSize", Long.toString(size))
                .put("totalBytesRewritten", Long.toString(Math.min(size, Math.max(0, done))))
                .put("done", done < 0 || done >= size);
        if (done >= 0 && done < size) {
            String token = object.generation() + "-" + done;
            tokens.put(token, done);
            return Reply.json(json.put("rewriteToken", token));
        }
        ObjectInfo info = info(object, target, request);
        return Reply.json(
                json.set("resource", to.put(info, object.content(), conditions).json()));
    }

    private long done(Request request, StoredObject object) throws ApiException {
        String token = request.parameters().get("rewriteToken");
        if (token == null) {
            return 0;
        }
        Long done = tokens.get(token);
        if (done == null || !token.startsWith(object.generation() + "-")) {
            throw ApiException.invalid("Invalid rewrite token: " + token);
        }
        return done;
    }

    private long perCall(Request request) throws ApiException {
        long asked = request.number("maxBytesRewrittenPerCall").orElse(Long.MAX_VALUE);
        if (asked != Long.MAX_VALUE && (asked == 0 || asked % MIB != 0)) {
            throw ApiException.invalid("maxBytesRewrittenPerCall must be a multiple of 1 MiB");
        }
        return Math.min(asked, bytesPerCall);
    }

    /** Without properties in the request those of the source are kept. */
    private static ObjectInfo info(StoredObject object, String target, Request request) throws ApiException {
        ObjectNode json = request.json();
        if (json.isEmpty()) {
            json = object.json();
        }
        json.remove("crc32c");
        json.remove("md5Hash");
        return ObjectInfo.of(target, request.parameter("destinationKmsKeyName"), json);
    }
}

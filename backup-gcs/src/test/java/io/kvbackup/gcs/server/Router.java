package io.kvbackup.gcs.server;

import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Finds what a request is about, by its path. */
final class Router {
    private final Map<String, Bucket> buckets = new ConcurrentHashMap<>();
    private final ResumableSessions sessions = new ResumableSessions();
    private final RewriteObject rewrites = new RewriteObject();
    private final Clock clock;
    private final @Nullable String token;
    private volatile int pageSize = ListObjects.MAX_PAGE;
    private volatile boolean terse;
    private volatile boolean foreign;

    /** @param token that every request has to carry; null if everybody may do everything */
    Router(Clock clock, @Nullable String token) {
        this.clock = clock;
        this.token = token;
    }

    void createBucket(String name) {
        buckets.put(name, new Bucket(name, clock));
    }

    void pageSize(int objects) {
        pageSize = objects;
    }

    void terse() {
        terse = true;
    }

    void foreign() {
        foreign = true;
        buckets.values().forEach(Bucket::longGenerations);
        sessions.foreign();
    }

    boolean isForeign() {
        return foreign;
    }

    ResumableSessions sessions() {
        return sessions;
    }

    RewriteObject rewrites() {
        return rewrites;
    }

    Reply answer(Request request) {
        try {
            Reply reply = foreign ? ForeignReply.told(route(ForeignReply.heard(request))) : route(request);
            return terse ? TerseReply.of(request, reply) : reply;
        } catch (ApiException e) {
            return foreign
                    ? ForeignReply.refusal(request, e)
                    : Reply.error(e.status(), e.reason(), String.valueOf(e.getMessage()));
        }
    }

    private Reply route(Request request) throws ApiException {
        List<String> path = request.path();
        if (path.equals(List.of("batch", "storage", "v1")) && request.method().equals("POST")) {
            return BatchRequest.handle(request, this::answer);
        }
        // The batch around a request may carry no token: those inside do.
        if (token != null && !request.header("authorization").equals(Optional.of("Bearer " + token))) {
            throw new ApiException(401, "authError", "Invalid Credentials");
        }
        boolean upload = path.get(0).equals("upload");
        List<String> rest = upload ? path.subList(1, path.size()) : path;
        if (rest.size() < 5
                || !rest.subList(0, 3).equals(List.of("storage", "v1", "b"))
                || !rest.get(4).equals("o")) {
            return bucket(request, rest);
        }
        Bucket bucket = find(rest.get(3));
        return upload ? upload(bucket, request, rest) : objects(bucket, request, rest);
    }

    private Reply bucket(Request request, List<String> path) throws ApiException {
        boolean get =
                path.size() == 4 && path.get(2).equals("b") && request.method().equals("GET");
        if (!get) {
            throw notFound(request);
        }
        return Reply.json(Reply.JSON
                .createObjectNode()
                .put("kind", "storage#bucket")
                .put("name", find(path.get(3)).name()));
    }

    private Reply upload(Bucket bucket, Request request, List<String> path) throws ApiException {
        String session = request.parameters().get("upload_id");
        if (path.size() != 5) {
            throw notFound(request);
        }
        if (session != null) {
            return sessions.handle(session, request);
        }
        require(request, "POST");
        return InsertObject.handle(bucket, request, sessions);
    }

    private Reply objects(Bucket bucket, Request request, List<String> path) throws ApiException {
        switch (path.size()) {
            case 5 -> {
                require(request, "GET");
                return ListObjects.handle(bucket, request, pageSize, !terse);
            }
            case 6 -> {
                return object(bucket, path.get(5), request);
            }
            case 11 -> {
                if (path.subList(6, 8).equals(List.of("rewriteTo", "b"))
                        && path.get(9).equals("o")) {
                    require(request, "POST");
                    return rewrites.handle(bucket, path.get(5), find(path.get(8)), path.get(10), request);
                }
            }
            default -> {
                // A slash that was not encoded, most likely.
            }
        }
        throw notFound(request);
    }

    private static Reply object(Bucket bucket, String name, Request request) throws ApiException {
        if (request.method().equals("GET")) {
            return ReadObject.handle(bucket, name, request);
        }
        require(request, "DELETE");
        Set<String> parameters = new HashSet<>(Preconditions.NAMES);
        parameters.add("generation");
        request.allow(parameters);
        bucket.delete(name, request.number("generation"), Preconditions.of(request));
        return Reply.empty(204);
    }

    private Bucket find(String name) throws ApiException {
        Bucket bucket = buckets.get(name);
        if (bucket == null) {
            throw new ApiException(404, "notFound", "The specified bucket does not exist.");
        }
        return bucket;
    }

    private static void require(Request request, String method) throws ApiException {
        if (!request.method().equals(method)) {
            throw new ApiException(405, "methodNotAllowed", "Method " + request.method() + " is not allowed here");
        }
    }

    private static ApiException notFound(Request request) {
        return new ApiException(404, "notFound", "Not Found: " + request.method() + " " + request.path());
    }
}

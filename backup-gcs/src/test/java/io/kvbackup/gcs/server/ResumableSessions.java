package io.kvbackup.gcs.server;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * All resumable uploads of the server. Finished and cancelled ones are remembered, as the real store does for a while.
 */
final class ResumableSessions {
    private final Map<String, ResumableSession> sessions = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger();
    private volatile int keepAtMost = Integer.MAX_VALUE;
    private volatile boolean foreign;

    /** Keeps no more than so many bytes of a chunk that is not the last, rounded down to the granularity. */
    void keepAtMost(int bytes) {
        keepAtMost = bytes;
    }

    /**
     * From now on uploads cannot be cancelled, are forgotten when they are complete, and end when they are asked about.
     */
    void foreign() {
        foreign = true;
    }

    Reply open(Bucket bucket, Request request) throws ApiException {
        ObjectInfo info = ObjectInfo.of(request, request.json());
        Preconditions conditions = Preconditions.of(request);
        bucket.check(info.name(), conditions);
        String id = "session-" + ids.incrementAndGet();
        sessions.put(id, new ResumableSession(bucket, info, conditions));
        String host = request.header("host").orElseThrow(() -> ApiException.invalid("Host header is missing"));
        return Reply.empty(200)
                .with(
                        "Location",
                        "http://" + host + "/upload/storage/v1/b/" + bucket.name()
                                + "/o?uploadType=resumable&upload_id=" + id)
                .with("X-GUploader-UploadID", id);
    }

    Reply handle(String id, Request request) throws ApiException {
        request.allow(Set.of("uploadType", "upload_id", "name", "kmsKeyName", "ifGenerationMatch"));
        ResumableSession session = sessions.get(id);
        if (session == null) {
            throw new ApiException(404, "notFound", "No such upload session: " + id);
        }
        if (!foreign) {
            return request.method().equals("DELETE") ? session.cancel() : session.put(request, keepAtMost, false);
        }
        if (request.method().equals("DELETE")) {
            throw new ApiException(405, "methodNotAllowed", "Method DELETE is not allowed here");
        }
        Reply reply = session.put(request, keepAtMost, true);
        if (!session.isOpen()) {
            sessions.remove(id);
        }
        return reply;
    }

    /** Uploads that are neither finished nor cancelled. */
    int open() {
        return (int) sessions.values().stream().filter(ResumableSession::isOpen).count();
    }

    void expireAll() {
        sessions.clear();
    }
}

package io.kvbackup.gcs.server;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** One resumable upload: takes chunks in order, tells how much it has, and becomes an object with the last one. */
final class ResumableSession {
    /** Status of a cancelled upload. */
    private static final int CANCELLED = 499;

    private final Bucket bucket;
    private final ObjectInfo info;
    private final Preconditions conditions;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private @Nullable Reply outcome;

    ResumableSession(Bucket bucket, ObjectInfo info, Preconditions conditions) {
        this.bucket = bucket;
        this.info = info;
        this.conditions = conditions;
    }

    synchronized boolean isOpen() {
        return outcome == null;
    }

    /** @param endsWhenAsked whether a question without a total is taken for the end */
    synchronized Reply put(Request request, int keepAtMost, boolean endsWhenAsked) throws ApiException {
        if (outcome != null) {
            return outcome;
        }
        ContentRange range = ContentRange.of(request);
        if (range.isQuery()) {
            boolean complete = range.isLast() ? range.total() == kept.size() : endsWhenAsked;
            return complete ? commit(request) : incomplete();
        }
        range.requireBody(request.body().length);
        if (range.first() > kept.size()) {
            throw new ApiException(
                    503, "backendError", "Invalid request. Offset " + range.first() + " is beyond " + kept.size());
        }
        int known = (int) (kept.size() - range.first());
        if (known < request.body().length) {
            int fresh = request.body().length - known;
            int taken = fresh <= keepAtMost ? fresh : keepAtMost - keepAtMost % ContentRange.GRANULARITY;
            kept.write(request.body(), known, taken);
        }
        return range.isLast() && kept.size() == range.total() ? commit(request) : incomplete();
    }

    private Reply incomplete() {
        Reply reply = Reply.empty(308);
        return kept.size() == 0 ? reply : reply.with("Range", "bytes=0-" + (kept.size() - 1));
    }

    private Reply commit(Request request) throws ApiException {
        byte[] content = kept.toByteArray();
        try {
            if (request.header("x-goog-hash").isPresent()) {
                Checksums.requireHeader(content, request.header("x-goog-hash").get());
            }
            outcome = Reply.json(bucket.put(info, content, conditions).json());
            return outcome;
        } catch (ApiException e) {
            outcome = Reply.error(e.status(), e.reason(), String.valueOf(e.getMessage()));
            throw e;
        }
    }

    synchronized Reply cancel() {
        if (outcome == null) {
            outcome = Reply.error(CANCELLED, "clientClosedRequest", "The upload was cancelled");
        }
        return Reply.empty(CANCELLED);
    }
}

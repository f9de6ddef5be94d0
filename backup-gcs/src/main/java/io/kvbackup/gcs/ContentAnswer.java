package io.kvbackup.gcs;

import com.google.api.client.http.HttpHeaders;
import com.google.api.client.http.HttpResponse;
import io.kvbackup.objectstore.RangeRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the headers of an answer say about the content that follows. */
record ContentAnswer(int status, HttpHeaders headers) {
    private static final long UNKNOWN = -1;

    static ContentAnswer of(HttpResponse response) {
        return new ContentAnswer(response.getStatusCode(), response.getHeaders());
    }

    private @Nullable String range() {
        return RangeRequest.meant(status, headers.getContentRange());
    }

    /** Whether somebody on the way has compressed what is stored otherwise. */
    boolean isPackedOnTheWay() {
        String stored = headers.getFirstHeaderStringValue("x-goog-stored-content-encoding");
        return "gzip".equalsIgnoreCase(headers.getContentEncoding())
                && (stored == null || stored.isEmpty() || stored.equalsIgnoreCase("identity"));
    }

    /** The version that the content is of; null if the store does not tell. */
    @Nullable
    String generation() {
        return headers.getFirstHeaderStringValue("x-goog-generation");
    }

    /** How many bytes follow; negative if nobody has told. */
    long length() {
        long ranged = RangeRequest.length(range());
        if (ranged >= 0) {
            return ranged;
        }
        return headers.getContentLength() != null ? headers.getContentLength() : storedLength();
    }

    /** What is wrong with it as an answer to that request. */
    Optional<String> objection(RangeRequest asked) {
        return asked.objection(range(), length(), storedLength());
    }

    private long storedLength() {
        String stored = headers.getFirstHeaderStringValue("x-goog-stored-content-length");
        return stored != null && stored.matches("\\d{1,18}") ? Long.parseLong(stored) : UNKNOWN;
    }
}

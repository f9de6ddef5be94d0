package io.kvbackup.gcs;

import com.google.api.client.http.HttpHeaders;
import io.kvbackup.storage.ByteRange;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the headers of an answer say about the content that follows. */
record ContentAnswer(HttpHeaders headers) {
    private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");
    private static final long UNKNOWN = -1;

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
        Matcher range = range();
        if (range != null) {
            return Long.parseLong(range.group(2)) - Long.parseLong(range.group(1)) + 1;
        }
        return headers.getContentLength() != null ? headers.getContentLength() : storedLength();
    }

    /** Whether exactly that part of the object follows: less only at the object's end. */
    boolean is(ByteRange wanted) {
        Matcher range = range();
        if (range == null) {
            return false;
        }
        long last = Long.parseLong(range.group(2));
        boolean open = wanted.length() > Long.MAX_VALUE - wanted.offset();
        long lastWanted = open ? Long.MAX_VALUE : wanted.offset() + wanted.length() - 1;
        long size = range.group(3).equals("*") ? storedLength() : Long.parseLong(range.group(3));
        boolean whole = last == lastWanted || last == size - 1 || (open && size == UNKNOWN);
        return Long.parseLong(range.group(1)) == wanted.offset() && last <= lastWanted && whole;
    }

    private @Nullable Matcher range() {
        String given = headers.getContentRange();
        Matcher matcher = given == null ? null : RANGE.matcher(given);
        return matcher != null && matcher.matches() ? matcher : null;
    }

    private long storedLength() {
        String stored = headers.getFirstHeaderStringValue("x-goog-stored-content-length");
        return stored != null && stored.matches("\\d{1,18}") ? Long.parseLong(stored) : UNKNOWN;
    }
}

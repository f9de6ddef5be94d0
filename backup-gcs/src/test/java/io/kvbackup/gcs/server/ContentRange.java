package io.kvbackup.gcs.server;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of a chunk: {@code bytes first-last/total}, with {@code *} for what is not known or not sent.
 *
 * @param first -1 if nothing is sent
 * @param total -1 if it is not known
 */
record ContentRange(long first, long last, long total) {
    /** All chunks but the last one are multiples of it. */
    static final int GRANULARITY = 256 * 1024;

    private static final Pattern FORM = Pattern.compile("bytes (?:(\\d{1,18})-(\\d{1,18})|\\*)/(?:(\\d{1,18})|\\*)");

    /** Without the header the body is all there is. */
    static ContentRange of(Request request) throws ApiException {
        String header = request.header("content-range").orElse(null);
        int length = request.body().length;
        if (header == null) {
            return length == 0 ? new ContentRange(-1, -1, 0) : new ContentRange(0, length - 1L, length);
        }
        Matcher matcher = FORM.matcher(header);
        if (!matcher.matches()) {
            throw ApiException.invalid("Failed to parse Content-Range header: " + header);
        }
        boolean sent = matcher.group(1) != null;
        ContentRange range = new ContentRange(
                sent ? Long.parseLong(matcher.group(1)) : -1,
                sent ? Long.parseLong(matcher.group(2)) : -1,
                matcher.group(3) == null ? -1 : Long.parseLong(matcher.group(3)));
        if (sent && (range.last < range.first || (range.total >= 0 && range.last >= range.total))) {
            throw ApiException.invalid("Invalid Content-Range: " + header);
        }
        return range;
    }

    boolean isQuery() {
        return first < 0;
    }

    boolean isLast() {
        return total >= 0;
    }

    void requireBody(int length) throws ApiException {
        if (length != last - first + 1) {
            throw ApiException.invalid(
                    "Content-Range announces " + (last - first + 1) + " bytes, the body has " + length);
        }
        boolean ends = total >= 0 && last == total - 1;
        if (!ends && length % GRANULARITY != 0) {
            throw ApiException.invalid("Chunks other than the last one must be multiples of 256 KiB, not " + length);
        }
    }
}

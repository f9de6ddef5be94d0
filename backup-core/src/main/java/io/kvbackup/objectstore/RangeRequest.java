package io.kvbackup.objectstore;

import io.kvbackup.storage.ByteRange;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How HTTP asks for a part of an object, and says which part it gives (RFC 9110, sections 14.2 and 14.4). */
public record RangeRequest(ByteRange wanted) {
    private static final Pattern GIVEN = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

    /** Whether all of the object is wanted, for which no header is needed. */
    public boolean isWhole() {
        return wanted.offset() == 0 && wanted.isOpen();
    }

    /** Header {@code Range}. A range of no bytes cannot be asked for. */
    public String header() {
        return "bytes=" + wanted.offset() + "-" + (isOpen() ? "" : wanted.offset() + wanted.length() - 1);
    }

    private boolean isOpen() {
        return wanted.length() > Long.MAX_VALUE - wanted.offset();
    }

    /**
     * Whether exactly the wanted part follows: less only at the object's end.
     *
     * @param contentRange header {@code Content-Range} of the answer; null if there is none
     * @param size of the object, as far as the answer tells elsewhere; negative if not
     */
    public boolean isAnsweredBy(@Nullable String contentRange, long size) {
        Matcher given = contentRange == null ? null : GIVEN.matcher(contentRange);
        if (given == null || !given.matches()) {
            return false;
        }
        long last = Long.parseLong(given.group(2));
        long lastWanted = isOpen() ? Long.MAX_VALUE : wanted.offset() + wanted.length() - 1;
        long total = given.group(3).equals("*") ? size : Long.parseLong(given.group(3));
        boolean upToTheEnd = last == lastWanted || last == total - 1 || (isOpen() && total < 0);
        return Long.parseLong(given.group(1)) == wanted.offset() && last <= lastWanted && upToTheEnd;
    }

    /** How many bytes follow, by header {@code Content-Range}; negative if it does not tell. */
    public static long length(@Nullable String contentRange) {
        Matcher given = contentRange == null ? null : GIVEN.matcher(contentRange);
        return given != null && given.matches()
                ? Long.parseLong(given.group(2)) - Long.parseLong(given.group(1)) + 1
                : -1;
    }
}

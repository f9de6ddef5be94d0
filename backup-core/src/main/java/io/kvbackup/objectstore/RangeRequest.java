package io.kvbackup.objectstore;

import io.kvbackup.storage.ByteRange;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How HTTP asks for a part of an object, and says which part it gives (RFC 9110, sections 14.2 and 14.4). */
public record RangeRequest(ByteRange wanted) {
    private static final int PARTIAL_CONTENT = 206;
    private static final Pattern GIVEN = Pattern.compile("(?i)bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

    /** Whether all of the object is wanted, for which no header is needed. */
    public boolean isWhole() {
        return wanted.offset() == 0 && wanted.isOpen();
    }

    /** Header {@code Range}. A range of no bytes cannot be asked for. */
    public String header() {
        return "bytes=" + wanted.offset() + "-" + (goesToTheEnd() ? "" : lastWanted());
    }

    /** Also if the last byte has no number. */
    private boolean goesToTheEnd() {
        return wanted.length() > Long.MAX_VALUE - wanted.offset();
    }

    private long lastWanted() {
        return goesToTheEnd() ? Long.MAX_VALUE : wanted.offset() + wanted.length() - 1;
    }

    /** Header {@code Content-Range} as far as it means anything: some servers send one of their own making with 200. */
    public static @Nullable String meant(int status, @Nullable String contentRange) {
        return status == PARTIAL_CONTENT ? contentRange : null;
    }

    /**
     * What is wrong with an answer: exactly the wanted part has to follow, less only at the object's end. A server may
     * ignore the question and give all, which is right if all is wanted.
     *
     * @param contentRange header {@code Content-Range} if it is {@linkplain #meant meant}; null if there is none
     * @param length of what follows; negative if the answer does not tell
     * @param size of the object, as far as the answer tells outside of {@code contentRange}; negative if not
     */
    public Optional<String> objection(@Nullable String contentRange, long length, long size) {
        boolean right = contentRange == null ? isAnsweredByAll(length) : isAnsweredBy(contentRange, size);
        return right
                ? Optional.empty()
                : Optional.of("asked for " + header() + ", the store gave "
                        + (contentRange == null ? "the whole object" : contentRange)
                        + "; it, or a proxy before it, cannot serve ranges");
    }

    private boolean isAnsweredByAll(long length) {
        return isWhole() || (wanted.offset() == 0 && length >= 0 && length <= wanted.length());
    }

    private boolean isAnsweredBy(String contentRange, long size) {
        Matcher given = GIVEN.matcher(contentRange);
        if (!given.matches()) {
            return false;
        }
        long last = Long.parseLong(given.group(2));
        long total = given.group(3).equals("*") ? size : Long.parseLong(given.group(3));
        boolean upToTheEnd = last == lastWanted() || last == total - 1 || (goesToTheEnd() && total < 0);
        return Long.parseLong(given.group(1)) == wanted.offset() && last <= lastWanted() && upToTheEnd;
    }

    /**
     * What is wrong with the answer that no byte of the range is there (416), if the object is that long.
     *
     * @param size of the object
     */
    public Optional<String> objectionToNothing(long size) {
        return wanted.lengthWithin(size) == 0
                ? Optional.empty()
                : Optional.of("the store refuses " + header() + " of " + size + " bytes; try again");
    }

    /** How many bytes follow, by header {@code Content-Range}; negative if it does not tell. */
    public static long length(@Nullable String contentRange) {
        Matcher given = contentRange == null ? null : GIVEN.matcher(contentRange);
        return given != null && given.matches()
                ? Long.parseLong(given.group(2)) - Long.parseLong(given.group(1)) + 1
                : -1;
    }
}

package io.kvbackup.format;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A window that slides over a stream of bytes and keeps all of them from a mark on. It grows with bytes that have
 * really arrived, never with a claim.
 */
final class JsonWindow {
    static final int END = -1;

    private static final byte[] NONE = {};
    private static final int INITIAL_BYTES = 64 * 1024;
    private static final int RETAINED_BYTES = 1024 * 1024;

    private final @Nullable InputStream source;
    private final int largest;
    private byte[] bytes;
    private int position;
    private int limit;
    private int mark = -1;
    private long dropped;

    /** @param largest how long an array can be */
    JsonWindow(InputStream source, int largest) {
        this.source = source;
        this.largest = largest;
        this.bytes = new byte[INITIAL_BYTES];
    }

    /** A window over bytes that are given with {@link #reset}. */
    JsonWindow() {
        this.source = null;
        this.largest = 0;
        this.bytes = NONE;
    }

    void reset(byte[] content) {
        bytes = content;
        position = 0;
        limit = content.length;
        mark = -1;
        dropped = 0;
    }

    /** The next byte, 0 to 255, without taking it; {@link #END} at the end. */
    int peek() throws IOException {
        return position < limit || fill() ? bytes[position] & 0xFF : END;
    }

    void take() {
        position++;
    }

    /** Takes plain string content (ASCII without quote, backslash and controls) as far as it goes. */
    void takePlain() throws IOException {
        do {
            int at = position;
            byte[] local = bytes;
            while (at < limit && local[at] >= 0x20 && local[at] != '"' && local[at] != '\\') {
                at++;
            }
            position = at;
        } while (position == limit && fill());
    }

    /** Takes one UTF-8 sequence; false if it is none. */
    boolean takeSequence() throws IOException {
        int wanted = Utf8.announcedLength(bytes[position]);
        while (limit - position < wanted && fill()) {
            // one more read
        }
        int length = Utf8.sequenceLength(bytes, position, limit);
        position += length;
        return length > 0;
    }

    /** Bytes before the current one, from the start of the stream. */
    long offset() {
        return dropped + position;
    }

    void mark() {
        mark = position;
    }

    /** What was taken since the mark, which ends with it. */
    byte[] sinceMark() {
        byte[] taken = Arrays.copyOfRange(bytes, mark, position);
        mark = -1;
        if (source != null && bytes.length > RETAINED_BYTES && limit - position < INITIAL_BYTES) {
            dropped += position;
            bytes = Arrays.copyOf(Arrays.copyOfRange(bytes, position, limit), INITIAL_BYTES);
            limit -= position;
            position = 0;
        }
        return taken;
    }

    private boolean fill() throws IOException {
        if (source == null) {
            return false;
        }
        makeRoom(mark < 0 ? position : mark);
        int count = source.read(bytes, limit, bytes.length - limit);
        limit += Math.max(count, 0);
        return count > 0;
    }

    private void makeRoom(int keepFrom) throws TooLargeException {
        int kept = limit - keepFrom;
        byte[] roomy = kept <= bytes.length / 2 ? bytes : allocate(kept);
        System.arraycopy(bytes, keepFrom, roomy, 0, kept);
        bytes = roomy;
        position -= keepFrom;
        limit = kept;
        mark = mark < 0 ? -1 : 0;
        dropped += keepFrom;
    }

    // Damage can make one value of half an archive; that must not take the host down.
    private byte[] allocate(int kept) throws TooLargeException {
        try {
            if (kept < largest) {
                return new byte[(int) Math.min(largest, 2L * Math.max(kept, INITIAL_BYTES / 2))];
            }
            throw tooLarge("no array can hold", null);
        } catch (OutOfMemoryError e) {
            throw tooLarge("this JVM's heap cannot hold", e);
        }
    }

    private TooLargeException tooLarge(String why, @Nullable Throwable cause) {
        return new TooLargeException(
                "JSON archive: the value around byte " + (dropped + limit) + " has more than "
                        + (limit - Math.max(mark, 0)) + " bytes, which " + why
                        + "; it is damaged, or needs a larger -Xmx",
                cause);
    }
}

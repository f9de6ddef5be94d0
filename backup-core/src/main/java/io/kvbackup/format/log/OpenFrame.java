package io.kvbackup.format.log;

import io.kvbackup.format.tree.BytesOut;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Gathers changes to one frame: position and time before its first commit, names of its sets, commits. A commit says
 * how many changes it has; the next frame goes on with those that this one does not hold.
 */
final class OpenFrame {
    /** A frame is longer only if a single change is. */
    private static final int MOST_BYTES = 256 << 10;

    private final BytesOut body = new BytesOut(64 << 10);
    /** Numbers of sets, in their order. */
    private final Map<String, Integer> sets = new LinkedHashMap<>();

    private int nameBytes;
    private long positionBefore;
    private long timeBefore;
    private long first;
    private long last;
    private long lastTime;

    private boolean isEmpty() {
        return body.size() == 0;
    }

    boolean hasRoomFor(Op op) {
        return isEmpty() || size() + op.bytes() <= MOST_BYTES;
    }

    long size() {
        return (long) body.size() + nameBytes;
    }

    /** Begins a commit; what stands before it counts only if it is the frame's first. */
    void begin(long before, long millisBefore, long position, long millis, int ops) {
        if (isEmpty()) {
            open(before, millisBefore);
            first = position;
        }
        body.varint(position - last).varint(millis - lastTime).varint(ops);
        last = position;
        lastTime = millis;
    }

    /** Goes on with the commit that the frame before has begun. */
    void goOn(long position, long millis) {
        open(position, millis);
        first = position;
    }

    private void open(long before, long millisBefore) {
        positionBefore = before;
        timeBefore = millisBefore;
        last = before;
        lastTime = millisBefore;
    }

    void add(Op op) {
        Integer number = sets.get(op.set());
        if (number == null) {
            number = sets.size();
            sets.put(op.set(), number);
            nameBytes += BytesOut.MAX_VARINT + 3 * op.set().length();
        }
        op.write(number, body);
    }

    /** Writes the frame, if there is anything in it, and begins the next. */
    void writeTo(SegmentOutput out) throws IOException {
        if (isEmpty()) {
            return;
        }
        BytesOut plain = new BytesOut(body.size() + nameBytes + 32);
        plain.int64(positionBefore).int64(timeBefore).varint(sets.size());
        sets.keySet().forEach(plain::text);
        plain.raw(body.array(), 0, body.size());
        out.write(plain.array(), plain.size(), first, last, lastTime);
        body.clear();
        sets.clear();
        nameBytes = 0;
    }
}

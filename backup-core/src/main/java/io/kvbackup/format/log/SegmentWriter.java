package io.kvbackup.format.log;

import io.kvbackup.database.ChangeVisitor;
import io.kvbackup.database.KeyRange;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes one segment: commits as they come, gathered to frames that are compressed as soon as they are full. Holds one
 * commit and one frame in memory. Not thread-safe; {@code close()} only frees memory, and without {@link #finish} there
 * is no segment.
 */
public final class SegmentWriter implements ChangeVisitor, Closeable {
    private final SegmentOutput out;
    private final OpenFrame frame = new OpenFrame();
    private List<Op> ops = new ArrayList<>();
    /** Of the last commit, whether it was written or only passed. */
    private long position;

    private long time;
    private long commits;
    private long written;

    /**
     * Begins a segment.
     *
     * @param body takes all but the {@linkplain SegmentHeader#encode header}, which belongs before it
     * @param from position up to which the timeline's former segment goes, or at which the timeline begins
     * @param timeBefore milliseconds since 1970 of the last commit up to there, or when the timeline began
     * @param key of the timeline; null if it is not encrypted
     */
    public SegmentWriter(OutputStream body, TimelineId timeline, long from, long timeBefore, @Nullable SegmentKey key) {
        this.out = new SegmentOutput(body, timeline, from, timeBefore, false, key);
        this.position = from;
        this.time = timeBefore;
    }

    @Override
    public void put(String set, byte[] key, byte[] value) {
        ops.add(Op.put(set, key, value));
    }

    @Override
    public void delete(String set, byte[] key) {
        ops.add(Op.delete(set, key));
    }

    @Override
    public void deleteRange(String set, KeyRange keys) {
        ops.add(Op.deleteRange(set, keys));
    }

    /**
     * Writes what came since the last commit.
     *
     * @param when an earlier moment than that of the last commit counts as that
     */
    @Override
    public void commit(long at, Instant when) throws IOException {
        long before = position;
        long timeBefore = time;
        advance(at, when);
        if (ops.isEmpty()) {
            return;
        }
        if (!frame.hasRoomFor(ops.get(0))) {
            frame.writeTo(out);
        }
        frame.begin(before, timeBefore, position, time, ops.size());
        boolean begun = false;
        for (Op op : ops) {
            if (begun && !frame.hasRoomFor(op)) {
                frame.writeTo(out);
                frame.goOn(position, time);
            }
            frame.add(op);
            begun = true;
        }
        commits++;
        written += ops.size();
        ops = new ArrayList<>();
    }

    /**
     * Passes over commits that change nothing of the database.
     *
     * @param at position of the last of them
     * @param when an earlier moment than that of the last commit counts as that
     */
    public void advance(long at, Instant when) {
        if (Long.compareUnsigned(at, position) <= 0) {
            throw new IllegalArgumentException("a commit at position " + Long.toUnsignedString(at) + " after "
                    + Long.toUnsignedString(position) + ": the change log breaks its contract");
        }
        position = at;
        time = Math.max(time, when.toEpochMilli());
    }

    /** Up to which position the segment would go if it ended now. */
    public long position() {
        return position;
    }

    /** The time of the commit there, in milliseconds since 1970. */
    public long time() {
        return time;
    }

    /** How many commits have been written. */
    public long commits() {
        return commits;
    }

    /** About how long the body would be if the segment ended now. */
    public long bytes() {
        return out.bytes() + frame.size();
    }

    /**
     * Completes the body.
     *
     * @param proof of the commit at {@link #position}, as its log gives it
     * @return the header, which belongs before it
     * @throws IllegalStateException if no commit came
     */
    public SegmentHeader finish(byte[] proof) throws IOException {
        if (!ops.isEmpty()) {
            throw new IllegalStateException("a segment cannot end inside of a commit");
        }
        frame.writeTo(out);
        return out.finish(position, time, commits, written, proof);
    }

    @Override
    public void close() {
        out.close();
    }
}

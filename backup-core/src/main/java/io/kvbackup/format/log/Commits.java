package io.kvbackup.format.log;

import io.kvbackup.database.ChangeVisitor;
import io.kvbackup.format.tree.BytesIn;
import io.kvbackup.model.CorruptBackupException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Reads the commits of a segment's frames, one frame after the other, and proves that they follow each other. */
final class Commits {
    private final SegmentSpan span;
    private long position;
    private long time;
    /** Changes of the commit at {@link #position} that the next frame goes on with. */
    private long missing;

    private boolean passed;
    private long commits;
    private long ops;

    /** Of the frame that was read last. */
    private long first;

    Commits(SegmentSpan span) {
        this.span = span;
        this.position = span.from();
        this.time = span.minTime();
    }

    /**
     * Reads a frame.
     *
     * @param choice which commits to push; asked once for each
     */
    void read(byte[] plain, CommitChoice choice, ChangeVisitor to, String source) throws IOException {
        BytesIn in = new BytesIn(plain, 0, plain.length, source);
        long before = in.int64("position before");
        long timeBefore = in.int64("time before");
        boolean goesOn = missing > 0;
        if (goesOn
                ? before != position || timeBefore != time
                : Long.compareUnsigned(before, position) < 0
                        || Long.compareUnsigned(before, span.to()) >= 0
                        || timeBefore < time) {
            throw in.damaged("it does not follow the frame before");
        }
        position = before;
        time = timeBefore;
        first = before;
        List<String> sets = new ArrayList<>();
        for (int left = in.count("number of sets", 1, in.left()); left > 0; left--) {
            sets.add(in.text("name of a set"));
        }
        if (in.isAtEnd()) {
            throw in.damaged("it has no changes");
        }
        for (boolean begun = goesOn; !in.isAtEnd(); begun = true) {
            if (missing == 0) {
                begin(in, choice);
                first = begun ? first : position;
            }
            Op op = Op.read(in, sets);
            missing--;
            if (!passed) {
                op.pushTo(to);
                if (missing == 0) {
                    to.commit(position, Instant.ofEpochMilli(time));
                }
            }
        }
    }

    private void begin(BytesIn in, CommitChoice choice) throws CorruptBackupException {
        long positionDelta = in.varint("position");
        long timeDelta = in.varint("time");
        missing = in.varint("number of changes");
        if (positionDelta == 0
                || missing == 0
                || timeDelta > span.maxTime() - time
                || Long.compareUnsigned(positionDelta, span.to() - position) > 0) {
            throw in.damaged("a commit of " + missing + " changes out of the segment's positions or times");
        }
        position += positionDelta;
        time += timeDelta;
        commits++;
        ops += missing;
        passed = !choice.takes(position, time);
    }

    /** @throws CorruptBackupException if the frame that was read last is not the one that the footer lists */
    void requireListed(SegmentFooter.Frame frame, String source) throws CorruptBackupException {
        if (first != frame.first() || position != frame.last() || time != frame.lastTime()) {
            throw new CorruptBackupException(source + " holds other commits than the footer says");
        }
    }

    long first() {
        return first;
    }

    long position() {
        return position;
    }

    long time() {
        return time;
    }

    /** @throws CorruptBackupException if not all commits are whole, or there are others than the footer says */
    void requireAll(SegmentFooter footer, String source) throws CorruptBackupException {
        if (missing > 0 || commits != footer.commits() || ops != footer.ops()) {
            throw new CorruptBackupException(source + " holds " + commits + " commits of " + ops + " changes, "
                    + missing + " of which are missing; the footer says " + footer.commits() + " of " + footer.ops());
        }
    }
}

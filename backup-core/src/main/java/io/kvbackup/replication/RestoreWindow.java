package io.kvbackup.replication;

import java.time.Instant;
import java.util.Objects;

/**
 * A stretch of the past to every moment of which a database can be restored.
 *
 * @param timeline the history that it is a part of: each process that replicates, each restore and each gap begins a
 *     new one
 * @param fromTime the first moment
 * @param toTime the last moment
 * @param fromPosition where the first moment stands in the log; compared as unsigned numbers
 * @param toPosition where the last one stands
 */
public record RestoreWindow(String timeline, Instant fromTime, Instant toTime, long fromPosition, long toPosition) {
    public RestoreWindow {
        Objects.requireNonNull(timeline, "timeline");
        if (toTime.isBefore(fromTime) || Long.compareUnsigned(toPosition, fromPosition) < 0) {
            throw new IllegalArgumentException("a window ends before it begins: from " + fromTime + " at "
                    + Long.toUnsignedString(fromPosition) + " to " + toTime + " at "
                    + Long.toUnsignedString(toPosition));
        }
    }

    /** Whether it holds a moment. */
    public boolean contains(Instant moment) {
        return !moment.isBefore(fromTime) && !moment.isAfter(toTime);
    }

    /** Whether it holds a position. */
    public boolean contains(long position) {
        return Long.compareUnsigned(position, fromPosition) >= 0 && Long.compareUnsigned(position, toPosition) <= 0;
    }
}

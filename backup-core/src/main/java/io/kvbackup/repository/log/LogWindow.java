package io.kvbackup.repository.log;

import io.kvbackup.format.log.TimelineId;
import java.time.Instant;

/**
 * A run of moments of one timeline, each of which can be restored. All bounds are inclusive.
 *
 * @param fromTime time of the commit at {@code fromPosition}
 * @param toTime up to when no commit is missing
 * @param fromPosition positions are unsigned
 */
public record LogWindow(TimelineId timeline, Instant fromTime, Instant toTime, long fromPosition, long toPosition) {
    boolean holds(long millis) {
        return fromTime.toEpochMilli() <= millis && millis <= toTime.toEpochMilli();
    }

    boolean holdsPosition(long position) {
        return Long.compareUnsigned(fromPosition, position) <= 0 && Long.compareUnsigned(position, toPosition) <= 0;
    }

    @Override
    public String toString() {
        return fromTime + " to " + toTime + " (positions " + Long.toUnsignedString(fromPosition) + " to "
                + Long.toUnsignedString(toPosition) + " of timeline " + timeline + ")";
    }
}

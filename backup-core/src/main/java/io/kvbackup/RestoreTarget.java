package io.kvbackup;

import io.kvbackup.repository.log.LogTarget;
import java.time.Instant;

/**
 * A moment to restore: the state after the last commit up to it, never part of a commit. Immutable.
 *
 * <p>Where a database is replicated, every moment inside of a window of its log can be restored, and others are refused
 * with the nearest ones. Where it is not, a moment stands for the newest backup that is not later.
 */
public final class RestoreTarget {
    private final LogTarget log;

    private RestoreTarget(LogTarget log) {
        this.log = log;
    }

    /** The newest state there is. */
    public static RestoreTarget latest() {
        return new RestoreTarget(new LogTarget.Latest());
    }

    /**
     * The state after the last commit whose time is not later.
     *
     * @param moment by the clock of the replicating host; counts in whole milliseconds
     */
    public static RestoreTarget timestamp(Instant moment) {
        return new RestoreTarget(new LogTarget.Time(moment.toEpochMilli()));
    }

    /**
     * The state after the last commit whose position is not greater; of the newest history that has the position.
     *
     * @param position of the change log, an unsigned number
     */
    public static RestoreTarget position(long position) {
        return new RestoreTarget(new LogTarget.Position(position));
    }

    LogTarget log() {
        return log;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RestoreTarget target && log.equals(target.log);
    }

    @Override
    public int hashCode() {
        return log.hashCode();
    }

    @Override
    public String toString() {
        return log.toString();
    }
}

package io.kvbackup.format;

import io.kvbackup.encryption.WrappedKey;
import io.kvbackup.format.log.TimelineId;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a timeline says of itself: written before its first segment, and never changed but for the wrapping of its key.
 *
 * @param database whose log it is
 * @param history whose positions it counts
 * @param id names it
 * @param position where its log begins: its first segment follows
 * @param startedAt by the clock of its holder, read after the position was: no commit up to there is later
 * @param parent where it comes from; {@code null} if that is not known
 * @param before the timeline that was written last into this store, where it is not the parent: after a restore to a
 *     moment of an earlier one; {@code null} otherwise
 * @param key encrypts its segments; {@code null} if they are not encrypted
 */
public record TimelineRecord(
        String database,
        String history,
        TimelineId id,
        long position,
        Instant startedAt,
        @Nullable Parent parent,
        @Nullable Parent before,
        @Nullable WrappedKey key) {
    /**
     * The commit after which a timeline begins. If both have the same history, the log simply goes on; otherwise the
     * database was restored to that moment, or its log had a gap, and its positions are others now.
     *
     * @param syncedThrough what the parent's holder said last in its lease, in milliseconds since 1970: all its commits
     *     up to that time are in segments; 0 if that is not known
     */
    public record Parent(TimelineId timeline, long position, long syncedThrough) {
        public Parent {
            Objects.requireNonNull(timeline, "timeline");
        }

        public Parent(TimelineId timeline, long position) {
            this(timeline, position, 0);
        }
    }

    public TimelineRecord {
        Objects.requireNonNull(database, "database");
        Objects.requireNonNull(history, "history");
        Objects.requireNonNull(id, "id");
        startedAt = Instant.ofEpochMilli(startedAt.toEpochMilli());
    }

    /** The same timeline with its key wrapped by another. */
    public TimelineRecord withKey(WrappedKey other) {
        return new TimelineRecord(database, history, id, position, startedAt, parent, before, other);
    }

    /** Whether its log goes on where the parent's, which has that history, ends or is cut off. */
    public boolean goesOn(TimelineRecord from) {
        return parent != null
                && parent.timeline().equals(from.id)
                && history.equals(from.history)
                && parent.position() == position;
    }
}

package io.kvbackup.repository.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A timeline and those before it whose log it goes on, the oldest first: one run of positions. Each of the older ones
 * counts up to where the next begins.
 */
final class LogLineage {
    private final List<LogTimeline> timelines;

    private LogLineage(List<LogTimeline> timelines) {
        this.timelines = timelines;
    }

    /** @param all timelines of the database */
    static LogLineage of(LogTimeline head, Map<io.kvbackup.format.log.TimelineId, LogTimeline> all) {
        List<LogTimeline> line = new ArrayList<>(List.of(head));
        LogTimeline oldest = head;
        while (oldest.record().parent() != null && line.size() <= all.size()) {
            LogTimeline parent = all.get(oldest.record().parent().timeline());
            if (parent == null || !oldest.record().goesOn(parent.record())) {
                break;
            }
            line.add(0, parent);
            oldest = parent;
        }
        return new LogLineage(line);
    }

    List<LogTimeline> timelines() {
        return timelines;
    }

    LogTimeline head() {
        return timelines.get(timelines.size() - 1);
    }

    /** One segment to read, and up to where it counts. */
    record Piece(LogTimeline timeline, StoredSegment segment, long cap) {
        /** Up to which position all is known when it is read. */
        long end() {
            long to = segment.span().to();
            return Long.compareUnsigned(to, cap) < 0 ? to : cap;
        }
    }

    private int indexOf(LogBase base) {
        for (int i = 0; i < timelines.size(); i++) {
            if (timelines.get(i).id().equals(base.timeline())) {
                return i;
            }
        }
        return -1;
    }

    /** What of a timeline counts: up to where the next one begins. */
    private long cap(int index) {
        return index + 1 < timelines.size() ? timelines.get(index + 1).record().position() : -1;
    }

    /** Whether a backup stands on this line. */
    boolean holds(LogBase base) {
        int index = indexOf(base);
        return index >= 0
                && timelines.get(index).record().history().equals(base.log().history())
                && Long.compareUnsigned(base.log().consistentAt(), cap(index)) <= 0;
    }

    /** All that can be read from a base on without a hole, in order. */
    List<Piece> from(LogBase base) {
        List<Piece> pieces = new ArrayList<>();
        long position = base.log().position();
        for (int i = indexOf(base); i < timelines.size(); i++) {
            LogTimeline timeline = timelines.get(i);
            long cap = cap(i);
            Optional<StoredSegment> next = timeline.next(position);
            while (position != cap && next.isPresent()) {
                Piece piece = new Piece(timeline, next.get(), cap);
                pieces.add(piece);
                position = piece.end();
                next = timeline.next(position);
            }
            if (position != cap) {
                break;
            }
        }
        return pieces;
    }

    /**
     * The time of the commit at a position of the head, as far as names tell; empty if it is inside of a segment, or in
     * none.
     */
    Optional<Long> namedTime(long position) {
        LogTimeline head = head();
        if (timelines.size() > 1 && head.record().position() == position) {
            Optional<Long> before = new LogLineage(timelines.subList(0, timelines.size() - 1)).namedTime(position);
            if (before.isPresent()) {
                return before;
            }
        }
        for (StoredSegment each : head.segments()) {
            if (each.span().from() == position) {
                return Optional.of(each.span().minTime());
            }
            if (each.span().to() == position) {
                return Optional.of(each.span().maxTime());
            }
        }
        return head.record().position() == position
                ? Optional.of(head.record().startedAt().toEpochMilli())
                : Optional.empty();
    }

    /** The segment of the head in which a position is. */
    Optional<StoredSegment> holding(long position) {
        return head().segments().stream()
                .filter(each -> each.span().holds(position))
                .findFirst();
    }

    /** The line up to a timeline that is on it. */
    LogLineage upTo(LogTimeline timeline) {
        return new LogLineage(timelines.subList(0, timelines.indexOf(timeline) + 1));
    }

    LogTimeline timelineOf(LogBase base) {
        return timelines.get(indexOf(base));
    }
}

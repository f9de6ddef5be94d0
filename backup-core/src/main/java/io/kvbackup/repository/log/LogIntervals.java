package io.kvbackup.repository.log;

import io.kvbackup.format.log.CommitChoice;
import io.kvbackup.format.log.SegmentReader;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Finds out which runs of positions of a timeline can be restored, and at what times. Safe for several threads. */
final class LogIntervals {
    private final SegmentSource source;
    /** Of positions inside of segments; by timeline and position. */
    private final Map<LogPoint, Long> times = new ConcurrentHashMap<>();

    LogIntervals(SegmentSource source) {
        this.source = source;
    }

    /**
     * A run of positions that can be restored.
     *
     * @param from in the part that the head has of its line
     */
    record Interval(long from, long to) {
        boolean holds(long position) {
            return Long.compareUnsigned(from, position) <= 0 && Long.compareUnsigned(position, to) <= 0;
        }
    }

    /** Those of the head of a line, ascending. */
    static List<Interval> of(LogLineage line, List<LogBase> bases) {
        long begin = line.head().record().position();
        List<LogBase> ascending = new ArrayList<>(bases);
        ascending.removeIf(each -> !line.holds(each));
        ascending.sort(Comparator.comparing(each -> each.log().consistentAt(), Long::compareUnsigned));
        List<Interval> intervals = new ArrayList<>();
        for (LogBase base : ascending) {
            long from = max(base.log().consistentAt(), begin);
            if (!intervals.isEmpty() && intervals.get(intervals.size() - 1).holds(from)) {
                continue;
            }
            long to = end(base, line.from(base));
            if (Long.compareUnsigned(to, from) >= 0) {
                intervals.add(new Interval(from, to));
            }
        }
        return intervals;
    }

    /** Up to which position all is known from a base on. */
    static long end(LogBase base, List<LogLineage.Piece> pieces) {
        return pieces.isEmpty()
                ? base.log().position()
                : pieces.get(pieces.size() - 1).end();
    }

    private static long max(long a, long b) {
        return Long.compareUnsigned(a, b) > 0 ? a : b;
    }

    /** The interval with its times; empty if nobody knows when it begins. */
    Optional<LogWindow> window(LogLineage line, Interval interval) throws IOException {
        Optional<Long> from = timeAt(line, interval.from());
        if (from.isEmpty()) {
            return Optional.empty();
        }
        long to = timeAt(line, interval.to()).orElse(from.get());
        if (line.head().isSynced(interval.to())) {
            to = Math.max(to, line.head().syncedThrough());
        }
        return Optional.of(new LogWindow(
                line.head().id(),
                Instant.ofEpochMilli(from.get()),
                Instant.ofEpochMilli(to),
                interval.from(),
                interval.to()));
    }

    /** The time of the last commit up to a position of the head; empty if no segment reaches it. */
    Optional<Long> timeAt(LogLineage line, long position) throws IOException {
        Optional<Long> named = line.namedTime(position);
        Optional<StoredSegment> holding = line.holding(position);
        if (named.isPresent() || holding.isEmpty()) {
            return named;
        }
        LogPoint point = new LogPoint(line.head().id(), position);
        Long known = times.get(point);
        if (known == null) {
            long[] time = {holding.get().span().minTime()};
            CommitChoice look = (at, millis) -> {
                if (Long.compareUnsigned(at, position) <= 0) {
                    time[0] = millis;
                }
                return false;
            };
            source.read(line.head().record(), holding.get(), segment -> readAll(segment, look));
            known = time[0];
            times.put(point, known);
        }
        return Optional.of(known);
    }

    private static void readAll(SegmentReader segment, CommitChoice look) throws IOException {
        while (segment.next(look, SegmentReader.NOTHING)) {
            // Commit by commit.
        }
    }
}

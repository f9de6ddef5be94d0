package io.kvbackup.repository.log;

import io.kvbackup.format.TimelineRecord;
import io.kvbackup.format.log.SegmentSpan;
import io.kvbackup.format.log.TimelineId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a store holds of one timeline.
 *
 * @param segments ascending by where they begin; of several that begin at one position, the longest first
 * @param heartbeat what its holder said last, if it is the newest
 */
record LogTimeline(TimelineRecord record, List<StoredSegment> segments, Optional<Heartbeat> heartbeat) {
    private static final Comparator<StoredSegment> ORDER = Comparator.comparing(
                    (StoredSegment each) -> each.span().from(), Long::compareUnsigned)
            .thenComparing(each -> each.span().to(), (a, b) -> Long.compareUnsigned(b, a));

    /**
     * From the lease.
     *
     * @param position all commits up to it are in segments
     * @param syncedThrough milliseconds since 1970: all commits up to that time are
     */
    record Heartbeat(long position, long syncedThrough) {}

    LogTimeline {
        List<StoredSegment> sorted = new ArrayList<>(segments);
        sorted.sort(ORDER);
        segments = List.copyOf(sorted);
    }

    TimelineId id() {
        return record.id();
    }

    /** The segment to read from a position on: a merged one, if there is one. */
    Optional<StoredSegment> next(long position) {
        int after = 0;
        for (int end = segments.size(); after < end; ) {
            int middle = (after + end) >>> 1;
            if (Long.compareUnsigned(segments.get(middle).span().from(), position) <= 0) {
                after = middle + 1;
            } else {
                end = middle;
            }
        }
        StoredSegment best = null;
        for (int i = after - 1; i >= 0; i--) {
            SegmentSpan span = segments.get(i).span();
            if (best != null && span.from() != best.span().from()) {
                break;
            }
            if (Long.compareUnsigned(span.to(), position) > 0) {
                best = segments.get(i);
            }
        }
        return Optional.ofNullable(best);
    }

    /** Whether a segment leads beyond a position. */
    boolean goesBeyond(long position) {
        return segments.stream()
                .anyMatch(each -> Long.compareUnsigned(each.span().to(), position) > 0);
    }
}

package io.kvbackup.repository.log;

import io.kvbackup.format.TimelineRecord;
import io.kvbackup.format.log.SegmentSpan;
import io.kvbackup.format.log.TimelineId;
import io.kvbackup.storage.StorageObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a store holds of one timeline.
 *
 * @param object in which it says so
 * @param segments ascending by where they begin; of several that begin at one position, the longest first
 * @param isCurrent whether the lease says that it is being written, or was written last
 * @param syncedTo what its holder said last: all commits up to this position are in segments; 0 if nothing is known
 * @param syncedThrough all commits up to this time are, in milliseconds since 1970; 0 if nothing is known
 */
record LogTimeline(
        TimelineRecord record,
        StorageObject object,
        List<StoredSegment> segments,
        boolean isCurrent,
        long syncedTo,
        long syncedThrough) {
    private static final Comparator<StoredSegment> ORDER = Comparator.comparing(
                    (StoredSegment each) -> each.span().from(), Long::compareUnsigned)
            .thenComparing(each -> each.span().to(), (a, b) -> Long.compareUnsigned(b, a));

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

    /** Whether what the holder said last holds for a position: nothing that is known comes after it. */
    boolean isSynced(long position) {
        return Long.compareUnsigned(syncedTo, position) <= 0 && !goesBeyond(position);
    }

    /** Whether a segment leads beyond a position. */
    boolean goesBeyond(long position) {
        return segments.stream()
                .anyMatch(each -> Long.compareUnsigned(each.span().to(), position) > 0);
    }
}

package io.kvbackup.repository.log;

import io.kvbackup.format.log.TimelineId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * What a store holds of the log of a database.
 *
 * @param timelines those that say what they are, by id
 * @param bases newest first
 * @param segmentsAlone timelines of which there are segments, but no readable record
 * @param basesUnknown whether there are backups of which it is not known where they stand, since they cannot be read
 *     without a key
 */
record LogSurvey(
        Map<TimelineId, LogTimeline> timelines,
        List<LogBase> bases,
        List<TimelineId> segmentsAlone,
        boolean basesUnknown) {
    LogSurvey {
        timelines = Map.copyOf(timelines);
        bases = List.copyOf(bases);
        segmentsAlone = List.copyOf(segmentsAlone);
    }

    /** Those of later holders first, and the one that is being written before all. */
    List<LogTimeline> newestFirst() {
        List<LogTimeline> sorted = new ArrayList<>(timelines.values());
        sorted.sort(Comparator.comparing((LogTimeline each) -> each.isCurrent())
                .thenComparing(each -> each.record().startedAt())
                .thenComparing(LogTimeline::id, TimelineId.OLDEST_FIRST)
                .reversed());
        return sorted;
    }

    LogLineage lineage(LogTimeline head) {
        return LogLineage.of(head, timelines);
    }
}

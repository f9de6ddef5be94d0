package io.kvbackup.repository.log;

import java.time.Instant;
import java.util.List;

/**
 * What to read for a moment: a backup, then segments.
 *
 * @param through up to when the log of the head is known to be complete
 * @param pieces in order, without a hole from the base on
 */
record LogPlan(LogTarget target, LogBase base, LogTimeline head, Instant through, List<LogLineage.Piece> pieces) {
    LogPlan {
        pieces = List.copyOf(pieces);
    }
}

package io.kvbackup.repository.log;

import java.util.List;

/**
 * What to read for a moment: a backup, then segments.
 *
 * @param pieces in order, without a hole from the base on
 */
record LogPlan(LogTarget target, LogBase base, LogTimeline head, List<LogLineage.Piece> pieces) {
    LogPlan {
        pieces = List.copyOf(pieces);
    }
}

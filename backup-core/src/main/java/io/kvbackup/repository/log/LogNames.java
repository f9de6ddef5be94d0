package io.kvbackup.repository.log;

import io.kvbackup.format.log.SegmentSpan;
import io.kvbackup.format.log.TimelineId;

/** Names of objects below {@code log/}. */
public final class LogNames {
    /** Everything this class names lies below. */
    public static final String ROOT = "log/";

    static final String RECORD = "timeline.json";

    private LogNames() {}

    /** Where the timelines of a database lie. */
    public static String folder(String database) {
        return ROOT + database + "/";
    }

    /** Where a timeline lies, without a slash at the end. */
    public static String timeline(String database, TimelineId timeline) {
        return folder(database) + timeline;
    }

    /** What a timeline says of itself. */
    public static String record(String database, TimelineId timeline) {
        return timeline(database, timeline) + "/" + RECORD;
    }

    public static String segment(String database, TimelineId timeline, SegmentSpan span) {
        return timeline(database, timeline) + "/" + span.fileName();
    }

    /** The lease of who writes the log of a database. */
    public static String lease(String database) {
        return "replication-" + database;
    }
}

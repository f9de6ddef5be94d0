package io.kvbackup.replication;

import io.kvbackup.format.TimelineRecord;
import io.kvbackup.format.log.CommitChoice;
import io.kvbackup.format.log.SegmentReader;
import io.kvbackup.format.log.SegmentSpan;
import io.kvbackup.format.log.TimelineId;
import io.kvbackup.model.CorruptBackupException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds what the process before has written last into a store. */
record Parents(StoredTimelines timelines) {
    private static final Logger LOG = LoggerFactory.getLogger(Parents.class);

    private static final byte[] NONE = new byte[0];

    /** What was found, if anything. */
    record Last(Optional<Parent> found) {}

    /** @param attributes what the lease tells */
    Last last(Map<String, String> attributes) throws IOException {
        Optional<TimelineId> timeline =
                Optional.ofNullable(attributes.get("timeline")).flatMap(TimelineId::parse);
        if (timeline.isEmpty()) {
            return new Last(Optional.empty());
        }
        try {
            return new Last(Optional.of(read(timeline.get(), attributes)));
        } catch (CorruptBackupException | NoSuchFileException | IllegalArgumentException e) {
            LOG.warn("what was replicated of {} before cannot be gone on with: {}", timelines.database(), e.toString());
            return new Last(Optional.empty());
        }
    }

    private Parent read(TimelineId id, Map<String, String> attributes) throws IOException {
        TimelineRecord record = timelines.record(id);
        Instant synced = Instant.ofEpochMilli(Long.parseLong(attributes.getOrDefault("syncedThrough", "0")));
        Optional<SegmentSpan> last = timelines.spans(id, "").stream()
                .max(Comparator.comparing(SegmentSpan::to, Long::compareUnsigned)
                        .thenComparing(SegmentSpan::from, Long::compareUnsigned));
        if (last.isEmpty()) {
            return new Parent(id, record.history(), record.position(), NONE, later(synced, record.startedAt()));
        }
        boolean based = Boolean.parseBoolean(attributes.get("base"));
        // Reads all of the segment: one that is damaged proves nothing.
        byte[] proof = based ? timelines.read(record, last.get(), CommitChoice.NONE, SegmentReader.NOTHING) : NONE;
        Instant newest = Instant.ofEpochMilli(last.get().maxTime());
        return new Parent(id, record.history(), last.get().to(), proof, later(synced, newest));
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}

package io.kvbackup.repository.log;

import io.kvbackup.format.LeaseRecord;
import io.kvbackup.format.TimelineRecord;
import io.kvbackup.format.log.TimelineId;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.storage.StorageObject;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What holders of the lease said last of their timelines, which makes moments without commits restorable: the newest in
 * the lease, those before in the record of a timeline that came after.
 */
record Heartbeats(@Nullable TimelineId current, Map<TimelineId, Heartbeat> last) {
    static final Heartbeats NONE = new Heartbeats(null, Map.of());

    record Heartbeat(long position, long syncedThrough) {}

    static Heartbeats of(Optional<LeaseRecord> lease, Collection<TimelineRecord> records)
            throws CorruptBackupException {
        Map<TimelineId, Heartbeat> last = new HashMap<>();
        for (TimelineRecord record : records) {
            note(last, record.parent());
            note(last, record.before());
        }
        String name = lease.map(each -> each.attributes().get("timeline")).orElse(null);
        TimelineId current = name == null ? null : TimelineId.parse(name).orElse(null);
        if (current != null) {
            last.put(current, heartbeat(lease.orElseThrow()));
        }
        return new Heartbeats(current, last);
    }

    private static void note(Map<TimelineId, Heartbeat> last, TimelineRecord.@Nullable Parent parent) {
        if (parent != null) {
            last.merge(
                    parent.timeline(),
                    new Heartbeat(parent.position(), parent.syncedThrough()),
                    (a, b) -> a.syncedThrough() > b.syncedThrough() ? a : b);
        }
    }

    private static Heartbeat heartbeat(LeaseRecord lease) throws CorruptBackupException {
        String position = lease.attributes().getOrDefault("position", "0");
        String through = lease.attributes().getOrDefault("syncedThrough", "0");
        try {
            return new Heartbeat(Long.parseUnsignedLong(position, 16), Long.parseLong(through));
        } catch (NumberFormatException e) {
            throw new CorruptBackupException(
                    "lease " + lease.name() + " has the position " + position + " and the time " + through, e);
        }
    }

    LogTimeline timeline(TimelineRecord record, StorageObject object, List<StoredSegment> segments) {
        Heartbeat heartbeat = last.getOrDefault(record.id(), new Heartbeat(0, 0));
        return new LogTimeline(
                record, object, segments, record.id().equals(current), heartbeat.position(), heartbeat.syncedThrough());
    }
}

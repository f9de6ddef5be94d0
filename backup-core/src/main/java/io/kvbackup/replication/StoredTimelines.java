package io.kvbackup.replication;

import io.kvbackup.database.ChangeVisitor;
import io.kvbackup.encryption.WrappedKey;
import io.kvbackup.format.TimelineJson;
import io.kvbackup.format.TimelineRecord;
import io.kvbackup.format.log.CommitChoice;
import io.kvbackup.format.log.SegmentKey;
import io.kvbackup.format.log.SegmentReader;
import io.kvbackup.format.log.SegmentSpan;
import io.kvbackup.format.log.TimelineId;
import io.kvbackup.repository.BackupKeys;
import io.kvbackup.repository.log.LogNames;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Stream;

/** Reads what lies in a store of the log of one database. */
record StoredTimelines(StorageClient client, String database, BackupKeys keys, SecureRandom random) {
    /** What a timeline says of itself. */
    TimelineRecord record(TimelineId id) throws IOException {
        String name = LogNames.record(database, id);
        try (InputStream in = client.download(name, ByteRange.all())) {
            return TimelineJson.decode(in.readAllBytes(), name + " in " + client);
        }
    }

    /**
     * The segments of a timeline, by where they begin.
     *
     * @param from hex digits of the first position that is asked for; empty for all
     */
    List<SegmentSpan> spans(TimelineId id, String from) throws IOException {
        String place = LogNames.timeline(database, id) + "/";
        try (Stream<StorageObject> objects = client.list(place, from.isEmpty() ? "" : place + from)) {
            return objects.flatMap(each -> SegmentSpan.parse(each.key().substring(place.length())).stream())
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * Reads a segment to its end.
     *
     * @return the proof of its last commit
     */
    byte[] read(TimelineRecord timeline, SegmentSpan span, CommitChoice choice, ChangeVisitor to) throws IOException {
        String object = LogNames.segment(database, timeline.id(), span);
        WrappedKey wrapped = timeline.key();
        SegmentKey key = wrapped == null
                ? null
                : new SegmentKey(
                        keys.unwrap(wrapped, LogNames.record(database, timeline.id())),
                        LogNames.timeline(database, timeline.id()),
                        random);
        try (InputStream in = new BufferedInputStream(client.download(object, ByteRange.all()));
                SegmentReader reader = new SegmentReader(in, timeline.id(), span, key, object + " in " + client)) {
            boolean more = true;
            while (more) {
                more = reader.next(choice, to);
            }
            return reader.footer().proof();
        }
    }
}

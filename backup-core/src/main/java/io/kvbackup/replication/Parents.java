package io.kvbackup.replication;

import io.kvbackup.encryption.WrappedKey;
import io.kvbackup.format.TimelineJson;
import io.kvbackup.format.TimelineRecord;
import io.kvbackup.format.log.CommitChoice;
import io.kvbackup.format.log.SegmentKey;
import io.kvbackup.format.log.SegmentReader;
import io.kvbackup.format.log.SegmentSpan;
import io.kvbackup.format.log.TimelineId;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.repository.BackupKeys;
import io.kvbackup.repository.log.LogNames;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds what the process before has written last into a store. */
record Parents(StorageClient client, String database, BackupKeys keys, SecureRandom random) {
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
            LOG.warn("what was replicated of {} before cannot be gone on with: {}", database, e.toString());
            return new Last(Optional.empty());
        }
    }

    private Parent read(TimelineId id, Map<String, String> attributes) throws IOException {
        String place = LogNames.timeline(database, id);
        String document = LogNames.record(database, id);
        TimelineRecord record;
        try (InputStream in = client.download(document, ByteRange.all())) {
            record = TimelineJson.decode(in.readAllBytes(), document + " in " + client);
        }
        Instant synced = Instant.ofEpochMilli(Long.parseLong(attributes.getOrDefault("syncedThrough", "0")));
        Optional<SegmentSpan> last = lastSpan(place);
        if (last.isEmpty()) {
            return new Parent(id, record.history(), record.position(), NONE, later(synced, record.startedAt()));
        }
        boolean based = Boolean.parseBoolean(attributes.get("base"));
        Instant newest = Instant.ofEpochMilli(last.get().maxTime());
        return new Parent(
                id,
                record.history(),
                last.get().to(),
                based ? proof(record, place, last.get()) : NONE,
                later(synced, newest));
    }

    private Optional<SegmentSpan> lastSpan(String place) throws IOException {
        try (Stream<StorageObject> objects = client.list(place + "/")) {
            return objects.flatMap(each -> SegmentSpan.parse(each.key().substring(place.length() + 1)).stream())
                    .max(Comparator.comparing(SegmentSpan::to, Long::compareUnsigned)
                            .thenComparing(SegmentSpan::from, Long::compareUnsigned));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Reads all of the segment: one that is damaged proves nothing. */
    private byte[] proof(TimelineRecord record, String place, SegmentSpan span) throws IOException {
        String object = place + "/" + span.fileName();
        WrappedKey wrapped = record.key();
        SegmentKey key = wrapped == null
                ? null
                : new SegmentKey(keys.unwrap(wrapped, LogNames.record(database, record.id())), place, random);
        try (InputStream in = new BufferedInputStream(client.download(object, ByteRange.all()));
                SegmentReader reader = new SegmentReader(in, record.id(), span, key, object + " in " + client)) {
            boolean more = true;
            while (more) {
                more = reader.next(CommitChoice.NONE, SegmentReader.NOTHING);
            }
            return reader.footer().proof();
        }
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}

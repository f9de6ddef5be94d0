package io.kvbackup.repository.log;

import io.kvbackup.encryption.WrappedKey;
import io.kvbackup.format.TimelineRecord;
import io.kvbackup.format.log.SegmentKey;
import io.kvbackup.format.log.SegmentReader;
import io.kvbackup.repository.BackupKeys;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.StorageClient;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Reads segments out of a store. Keeps the keys of timelines. Safe for use by several threads. */
final class SegmentSource {
    private static final int BUFFER = 256 << 10;

    private final StorageClient storage;
    private final BackupKeys keys;
    private final Map<String, SegmentKey> known = new ConcurrentHashMap<>();

    SegmentSource(StorageClient storage, BackupKeys keys) {
        this.storage = storage;
        this.keys = keys;
    }

    /** Takes a segment that is open. */
    interface Reading {
        void read(SegmentReader segment) throws IOException;
    }

    /** Opens the version of a segment that a listing showed. */
    void read(TimelineRecord timeline, StoredSegment segment, Reading reading) throws IOException {
        SegmentKey key = key(timeline);
        String name = segment.object().key();
        try (InputStream in = new BufferedInputStream(storage.download(segment.object(), ByteRange.all()), BUFFER);
                SegmentReader reader = new SegmentReader(in, timeline.id(), segment.span(), key, "segment " + name)) {
            reading.read(reader);
        }
    }

    private @Nullable SegmentKey key(TimelineRecord timeline) throws IOException {
        WrappedKey wrapped = timeline.key();
        if (wrapped == null) {
            return null;
        }
        String name = LogNames.record(timeline.database(), timeline.id());
        SegmentKey key = known.get(name);
        if (key == null) {
            key = new SegmentKey(
                    keys.unwrap(wrapped, name),
                    LogNames.timeline(timeline.database(), timeline.id()),
                    new SecureRandom());
            known.put(name, key);
        }
        return key;
    }
}

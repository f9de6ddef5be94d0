package io.kvbackup.repository.log;

import io.kvbackup.encryption.RewrapReport;
import io.kvbackup.encryption.WrappedKey;
import io.kvbackup.format.TimelineJson;
import io.kvbackup.format.TimelineRecord;
import io.kvbackup.repository.BackupKeys;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.stream.Stream;

/** Wraps the keys of timelines under the current key, each at once and only if nobody else has done it meanwhile. */
public final class TimelineKeys {
    private final StorageClient storage;
    private final BackupKeys keys;

    public TimelineKeys(StorageClient storage, BackupKeys keys) {
        this.storage = storage;
        this.keys = keys;
    }

    /**
     * Goes through all.
     *
     * @param before adds to what was counted there
     */
    public RewrapReport rewrap(RewrapReport before) throws IOException {
        int rewrapped = before.rewrapped();
        int unchanged = before.unchanged();
        for (StorageObject each : records()) {
            TimelineRecord record;
            try (InputStream in = storage.download(each, ByteRange.all())) {
                record = TimelineJson.decode(in.readAllBytes(), each.key());
            } catch (NoSuchFileException e) {
                continue;
            }
            WrappedKey key = record.key();
            if (key != null && keys.isCurrent(key)) {
                unchanged++;
            } else if (key != null && rewrap(each, record, key)) {
                rewrapped++;
            }
        }
        return new RewrapReport(rewrapped, unchanged);
    }

    private List<StorageObject> records() throws IOException {
        try (Stream<StorageObject> all = storage.list(LogNames.ROOT)) {
            return all.filter(each -> each.key().endsWith("/" + LogNames.RECORD))
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Whether it was done; otherwise it is gone, or somebody else has done it. */
    private boolean rewrap(StorageObject object, TimelineRecord record, WrappedKey key) throws IOException {
        byte[] bytes = TimelineJson.encode(record.withKey(keys.rewrap(key, object.key())));
        try {
            storage.upload(object.key(), ContentWriter.of(bytes), PutCondition.ifMatch(object.etag()));
            return true;
        } catch (PreconditionFailedException | NoSuchFileException e) {
            return false;
        }
    }
}

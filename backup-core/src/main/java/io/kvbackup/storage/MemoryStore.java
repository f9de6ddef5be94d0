package io.kvbackup.storage;

import java.time.Clock;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/** The objects of a {@link MemoryStorageClient}. Reads take no lock; writes go one by one. */
final class MemoryStore {
    private final NavigableMap<String, Version> versions = new ConcurrentSkipListMap<>(StorageKey.ORDER);
    private final Clock clock;
    private long writes;

    MemoryStore(Clock clock) {
        this.clock = clock;
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared; the array is never given out for writing
    record Version(StorageObject object, byte[] content) {}

    Optional<Version> find(String key) {
        return Optional.ofNullable(versions.get(key));
    }

    Stream<StorageObject> list(String prefix, String after) {
        boolean fromPrefix = StorageKey.ORDER.compare(prefix, after) > 0;
        NavigableMap<String, Version> tail = versions.tailMap(fromPrefix ? prefix : after, fromPrefix);
        return tail.entrySet().stream()
                .takeWhile(entry -> entry.getKey().startsWith(prefix))
                .map(Map.Entry::getValue)
                .map(Version::object);
    }

    synchronized StorageObject put(String key, byte[] content, PutCondition condition)
            throws PreconditionFailedException {
        check(key, condition);
        StorageObject object = new StorageObject(key, content.length, clock.instant(), "v" + ++writes);
        versions.put(key, new Version(object, content));
        return object;
    }

    private void check(String key, PutCondition condition) throws PreconditionFailedException {
        Version old = versions.get(key);
        if (condition instanceof PutCondition.IfAbsent && old != null) {
            throw new PreconditionFailedException("upload: " + key + " exists already; nothing was written");
        }
        if (condition instanceof PutCondition.IfMatch match
                && (old == null || !old.object().etag().equals(match.etag()))) {
            throw new PreconditionFailedException(
                    "upload: " + key + " is not the version " + match.etag() + " any more; nothing was written");
        }
    }

    synchronized void remove(String key) {
        versions.remove(key);
    }
}

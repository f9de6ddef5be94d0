package io.kvbackup.gcs.server;

import io.kvbackup.storage.StorageKey;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The live objects of a bucket. Each method is one atomic step, so that of several conditional writers one wins. */
final class Bucket {
    /** A stretch of a listing, and whether there is more. */
    record Page(List<StoredObject> objects, boolean more) {}

    private final String name;
    private final Clock clock;
    private final TreeMap<String, StoredObject> objects = new TreeMap<>(StorageKey.ORDER);
    private long lastGeneration;
    private long generationsPerMilli = 1_000;

    Bucket(String name, Clock clock) {
        this.name = name;
        this.clock = clock;
    }

    /** Of nineteen digits, which is what a number of 64 bits has room for. */
    synchronized void longGenerations() {
        generationsPerMilli = 1_000_000;
    }

    String name() {
        return name;
    }

    synchronized Optional<StoredObject> find(String object) {
        return Optional.ofNullable(objects.get(object));
    }

    StoredObject get(String object, Optional<Long> generation) throws ApiException {
        return find(object)
                .filter(found -> generation.isEmpty() || generation.get() == found.generation())
                .orElseThrow(() -> ApiException.noSuchObject(name, object));
    }

    synchronized void check(String object, Preconditions conditions) throws ApiException {
        conditions.requireForWrite(objects.get(object));
    }

    synchronized StoredObject put(ObjectInfo info, byte[] content, Preconditions conditions) throws ApiException {
        check(info.name(), conditions);
        info.requireChecksums(content);
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        // Real generations are times in microseconds; those of a bucket only grow.
        lastGeneration = Math.max(lastGeneration + 1, now.toEpochMilli() * generationsPerMilli);
        StoredObject object = new StoredObject(name, info, content, lastGeneration, 1, now);
        objects.put(info.name(), object);
        return object;
    }

    synchronized void delete(String object, Optional<Long> generation, Preconditions conditions) throws ApiException {
        conditions.requireForWrite(get(object, generation));
        objects.remove(object);
    }

    /** @param after exclusive, from a page token; or null */
    synchronized Page list(String prefix, String startOffset, String endOffset, @Nullable String after, int max) {
        List<StoredObject> page = new ArrayList<>();
        var from = after == null ? objects.tailMap(startOffset, true) : objects.tailMap(after, false);
        for (StoredObject object : from.values()) {
            String key = object.info().name();
            if (!endOffset.isEmpty() && StorageKey.ORDER.compare(key, endOffset) >= 0) {
                break;
            }
            if (key.startsWith(prefix)) {
                if (page.size() == max) {
                    return new Page(page, true);
                }
                page.add(object);
            }
        }
        return new Page(page, false);
    }
}

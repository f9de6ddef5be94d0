package io.kvbackup.storage.check;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.PrefixedStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageKey;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/** A corner of a store, so that nothing else can be touched. Remembers what may lie there, and counts requests. */
final class ScratchStorage extends ForwardingStorageClient {
    private final String prefix;
    /** By keys of the whole store; with whether the store has said that it keeps the object. */
    private final Map<String, Boolean> written = new ConcurrentSkipListMap<>(StorageKey.ORDER);

    private final RequestCount underWay = new RequestCount();

    /** @param prefix with a slash at its end */
    ScratchStorage(StorageClient store, String prefix) {
        super(new PrefixedStorageClient(store, prefix));
        this.prefix = prefix;
    }

    String prefix() {
        return prefix;
    }

    /** Keys, in the whole store, that may have been written and were not deleted, whatever a listing says. */
    Set<String> written() {
        return Set.copyOf(written.keySet());
    }

    /** Whether the store has said that it keeps an object of this name. */
    boolean isKept(String keyInWhole) {
        return written.getOrDefault(keyInWhole, false);
    }

    /** Says that an object is gone. */
    void forget(String keyInWhole) {
        written.remove(keyInWhole);
    }

    RequestCount underWay() {
        return underWay;
    }

    @Override
    public Optional<StorageObject> stat(String key) throws IOException {
        return underWay.count(() -> super.stat(key));
    }

    @Override
    public Stream<StorageObject> list(String start, String after) throws IOException {
        return underWay.count(() -> super.list(start, after));
    }

    @Override
    public InputStream download(String key, ByteRange range) throws IOException {
        return underWay.count(() -> super.download(key, range));
    }

    @Override
    public InputStream download(StorageObject version, ByteRange range) throws IOException {
        return underWay.count(() -> super.download(version, range));
    }

    @Override
    public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
        return underWay.count(() -> {
            written.putIfAbsent(prefix + key, false);
            try {
                StorageObject kept = super.upload(key, content, condition);
                written.put(prefix + key, true);
                return kept;
            } catch (IllegalArgumentException e) {
                // There can be no such key: a later request gets the same answer.
                written.remove(prefix + key);
                throw e;
            }
        });
    }

    @Override
    public void copy(String from, String to) throws IOException {
        underWay.count(() -> {
            written.putIfAbsent(prefix + to, false);
            super.copy(from, to);
            return written.put(prefix + to, true);
        });
    }

    @Override
    public void delete(Collection<String> keys) throws IOException {
        underWay.count(() -> {
            super.delete(keys);
            keys.forEach(key -> forget(prefix + key));
            return true;
        });
    }
}

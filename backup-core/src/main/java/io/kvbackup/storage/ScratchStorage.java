package io.kvbackup.storage;

import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;

/** A corner of a store, so that nothing else can be touched. Remembers what may lie there, and counts requests. */
final class ScratchStorage extends ForwardingStorageClient {
    private final String prefix;
    private final Set<String> touched = new ConcurrentSkipListSet<>(StorageKey.ORDER);
    private final RequestCount underWay = new RequestCount();

    /** @param prefix with a slash at its end */
    ScratchStorage(StorageClient store, String prefix) {
        super(new PrefixedStorageClient(store, prefix));
        this.prefix = prefix;
    }

    String prefix() {
        return prefix;
    }

    /** Keys that have been written and were not deleted, whatever a listing says. */
    Set<String> touched() {
        return touched;
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
            touched.add(key);
            try {
                return super.upload(key, content, condition);
            } catch (IllegalArgumentException e) {
                // No such key can be: whoever asks for it later would be told the same.
                touched.remove(key);
                throw e;
            }
        });
    }

    @Override
    public void copy(String from, String to) throws IOException {
        underWay.count(() -> {
            touched.add(to);
            super.copy(from, to);
            return true;
        });
    }

    @Override
    public void delete(Collection<String> keys) throws IOException {
        underWay.count(() -> {
            super.delete(keys);
            touched.removeAll(keys);
            return true;
        });
    }
}

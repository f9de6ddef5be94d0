package io.kvbackup.storage;

import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;

/** A corner of a store: all keys are below one prefix, so that nothing else can be touched. Remembers what may lie there. */
final class ScratchStorage extends ForwardingStorageClient {
    private final String prefix;
    private final Set<String> touched = new ConcurrentSkipListSet<>(StorageKey.ORDER);
    private final RequestCount underWay = new RequestCount();

    /** @param prefix with a slash at its end */
    ScratchStorage(StorageClient store, String prefix) {
        super(store);
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

    private String below(String key) {
        return prefix + StorageKey.require(key);
    }

    private StorageObject relative(StorageObject object) {
        return new StorageObject(
                object.key().substring(prefix.length()), object.size(), object.lastModified(), object.etag());
    }

    @Override
    public Optional<StorageObject> stat(String key) throws IOException {
        return underWay.count(() -> super.stat(below(key)).map(this::relative));
    }

    @Override
    public Stream<StorageObject> list(String start, String after) throws IOException {
        return underWay.count(
                () -> super.list(prefix + start, after.isEmpty() ? "" : prefix + after).map(this::relative));
    }

    @Override
    public InputStream download(String key, ByteRange range) throws IOException {
        return underWay.count(() -> super.download(below(key), range));
    }

    @Override
    public InputStream download(StorageObject version, ByteRange range) throws IOException {
        StorageObject absolute =
                new StorageObject(below(version.key()), version.size(), version.lastModified(), version.etag());
        return underWay.count(() -> super.download(absolute, range));
    }

    @Override
    public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
        String absolute = below(key);
        return underWay.count(() -> {
            touched.add(key);
            return relative(super.upload(absolute, content, condition));
        });
    }

    @Override
    public void copy(String from, String to) throws IOException {
        underWay.count(() -> {
            touched.add(to);
            super.copy(below(from), below(to));
            return true;
        });
    }

    @Override
    public void delete(Collection<String> keys) throws IOException {
        underWay.count(() -> {
            super.delete(keys.stream().map(this::below).toList());
            touched.removeAll(keys);
            return true;
        });
    }

    /** The store stays open. */
    @Override
    public void close() {}
}

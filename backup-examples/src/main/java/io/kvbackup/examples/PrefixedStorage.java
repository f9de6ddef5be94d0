package io.kvbackup.examples;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageKey;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Stream;

/** A storage backend of one's own: gives each tenant of a host a part of one store. */
// region storage
final class PrefixedStorage implements StorageClient {
    private final StorageClient store;
    private final String prefix;

    /** @param prefix such as {@code tenants/42/} */
    PrefixedStorage(StorageClient store, String prefix) {
        this.store = store;
        this.prefix = prefix;
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
        return store.stat(below(key)).map(this::relative);
    }

    @Override
    public Stream<StorageObject> list(String start, String after) throws IOException {
        return store.list(prefix + start, after.isEmpty() ? "" : prefix + after).map(this::relative);
    }

    @Override
    public InputStream download(String key, ByteRange range) throws IOException {
        return store.download(below(key), range);
    }

    @Override
    public InputStream download(StorageObject version, ByteRange range) throws IOException {
        StorageObject absolute =
                new StorageObject(below(version.key()), version.size(), version.lastModified(), version.etag());
        return store.download(absolute, range);
    }

    @Override
    public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
        return relative(store.upload(below(key), content, condition));
    }

    @Override
    public void copy(String from, String to) throws IOException {
        store.copy(below(from), below(to));
    }

    @Override
    public void delete(Collection<String> keys) throws IOException {
        store.delete(keys.stream().map(this::below).toList());
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
// endregion
